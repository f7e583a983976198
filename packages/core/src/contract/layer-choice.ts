import * as z from 'zod';
import { invalidOption } from './invalid-option.ts';

const positions = z.int().positive();
const choiceError = 'Expected "all", { first }, { last } or a list of layers, counted from 0';

/**
 * Which layers have a prefix: all, the first or the last few, or those of a list, counted from 0 at
 * the bottom. For the configs of methods.
 */
export const layerChoiceSchema = z.union(
  [
    z.literal('all'),
    z.strictObject({ first: positions }),
    z.strictObject({ last: positions }),
    z.array(z.int().nonnegative()).min(1),
  ],
  { error: choiceError },
);

/** See {@link layerChoiceSchema}. */
export type LayerChoice = z.output<typeof layerChoiceSchema>;

/** What a config says of the prefixes of one attention site. */
export interface PrefixChoice {
  /** Whose config it is, for messages. */
  readonly method: string;
  readonly layers: LayerChoice;
  /** Positions of every prefix, or of each one, lowest layer first. */
  readonly length: number | readonly number[];
  /** What the config calls the length, for messages. */
  readonly lengthField: string;
}

/**
 * Positions of each layer's prefix, lowest layer first; 0 for a layer that has none.
 *
 * @param numLayers - Layers of the attention site.
 * @throws {@link PtlError} `CONFIG_INVALID` if the site does not have the layers, one is named
 *   twice, or there are not as many lengths as layers.
 */
export function prefixLengths(choice: PrefixChoice, numLayers: number): readonly number[] {
  const { layers, length, lengthField } = choice;
  const chosen = chooseLayers(choice, numLayers);
  if (typeof length !== 'number' && length.length !== chosen.length) {
    const message = `${length.length} lengths were given for ${chosen.length} layers`;
    throw invalidOption(choice.method, lengthField, message);
  }
  const lengths = new Array<number>(numLayers).fill(0);
  for (const [index, layer] of chosen.entries()) {
    lengths[layer] = typeof length === 'number' ? length : (length[index] ?? 0);
  }
  const named = Array.isArray(layers) ? layers : [];
  if (new Set(named).size < named.length)
    throw invalidOption(choice.method, 'layers', 'a layer is named twice');
  return lengths;
}

/** Ascending, so that lengths go with layers whatever the order of a list. */
function chooseLayers(choice: PrefixChoice, numLayers: number): readonly number[] {
  const { layers } = choice;
  const all = Array.from({ length: numLayers }, (_, layer) => layer);
  if (layers === 'all') return all;
  if (Array.isArray(layers)) {
    const unknown = layers.find((layer) => layer >= numLayers);
    if (unknown === undefined) return layers.toSorted((one, other) => one - other);
    throw invalidOption(
      choice.method,
      'layers',
      `there is no layer ${unknown}: the last is ${numLayers - 1}`,
    );
  }
  const count = 'first' in layers ? layers.first : layers.last;
  if (count > numLayers) {
    throw invalidOption(
      choice.method,
      'layers',
      `there are only ${numLayers} layers to take ${count} of`,
    );
  }
  return 'first' in layers ? all.slice(0, count) : all.slice(-count);
}
