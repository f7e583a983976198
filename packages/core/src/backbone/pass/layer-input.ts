import { reshape, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import { PtlError } from '../../contract/errors.ts';
import type { BackboneGeometry } from '../../contract/frozen-backbone.ts';
import type { Prompt } from '../../contract/prompt.ts';
import type { LayerInput } from '../backbone.ts';

/** `[batch, sequence, hidden]` as the rows `[batch * sequence, hidden]` that layers work on. */
export function flattenRows(hidden: Tensor3D): Tensor2D {
  const [batch, sequence, width] = hidden.shape;
  return reshape(hidden, [batch * sequence, width]);
}

/** The lowest layer that has a prefix; null where none has. */
export function lowestPrefix(prompt: Prompt): number | null {
  if (prompt.kind !== 'layer-prefixes') return null;
  const lowest = Object.values(prompt.sites).map((layers) => {
    const layer = layers.findIndex((prefix) => prefix !== null);
    return layer < 0 ? Number.POSITIVE_INFINITY : layer;
  });
  const layer = Math.min(...lowest);
  return Number.isFinite(layer) ? layer : null;
}

/**
 * Holds the input of a layer against the batch and the prompt of a pass that starts with it.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH`, naming what was expected.
 */
export function assertLayerInputFits(
  { layer, hidden }: LayerInput,
  {
    batch,
    prompt,
    geometry,
  }: {
    readonly batch: Batch;
    readonly prompt: Prompt;
    readonly geometry: BackboneGeometry;
  },
): void {
  const { numLayers, hiddenSize } = geometry;
  if (!(Number.isInteger(layer) && layer >= 0 && layer < numLayers)) {
    throw mismatch('layer', `one of 0 to ${numLayers - 1}`, String(layer));
  }
  const expected = [batch.size, batch.sequence, hiddenSize].join(', ');
  const actual = hidden.shape.join(', ');
  if (actual !== expected) throw mismatch('hidden states', `[${expected}]`, `[${actual}]`);
  const lowest = lowestPrefix(prompt);
  if (lowest === null || lowest >= layer) return;
  throw mismatch('prompt', `prefixes from layer ${layer} on`, `one in layer ${lowest}`);
}

function mismatch(tensor: string, expected: string, actual: string): PtlError<'SHAPE_MISMATCH'> {
  const message = `The ${tensor} to start a pass from does not fit: expected ${expected}, got ${actual}.`;
  return new PtlError('SHAPE_MISMATCH', message, { tensor, expected, actual });
}
