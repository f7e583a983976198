import { lowestPrefix } from '../backbone/pass/layer-input.ts';
import type { Prompt } from '../contract/prompt.ts';
import type { ModelParts } from './model-parts.ts';

type Trained = Pick<ModelParts<unknown, unknown>, 'backbone' | 'unfrozen'>;

/**
 * The lowest layer that training changes something in, counted from 0: below it a row gives the same
 * in every step. The number of layers where only a head is trained.
 *
 * @param prompt - As the tuner gives it in evaluation.
 */
export function lowestTrainedLayer({ backbone, unfrozen }: Trained, prompt: Prompt): number {
  const { numLayers, architecture } = backbone.geometry;
  // The layers of a decoder see the last one of the encoder, whatever their number.
  if (architecture === 'encoder-decoder' || !isTheSameForAllRows(prompt)) return 0;
  const layers = [...unfrozen.variables.keys()].map((name) => layerOf(backbone, name));
  return Math.min(numLayers, lowestPrefix(prompt) ?? numLayers, ...layers);
}

/** Virtual tokens enter below the first layer, and a row's own length moves its positions. */
function isTheSameForAllRows(prompt: Prompt): boolean {
  if (prompt.kind === 'layer-prefixes') return prompt.lengths === undefined;
  return prompt.kind === 'none';
}

/** The lowest layer that uses a weight; 0 where that cannot be told. */
function layerOf({ parameters, geometry }: Trained['backbone'], name: string): number {
  const own = new Set(parameters.map(({ layer }) => layer));
  // A shared weight is listed under the last layer that has it, so that others have none.
  const isShared = Array.from({ length: geometry.numLayers }, (_, layer) => layer).some(
    (layer) => !own.has(layer),
  );
  const found = parameters.find((parameter) => parameter.name === name);
  if (found?.head) return geometry.numLayers;
  return isShared ? 0 : (found?.layer ?? 0);
}
