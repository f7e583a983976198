import { reshape, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import { PtlError } from '../../contract/errors.ts';
import type { BackboneGeometry } from '../../contract/frozen-backbone.ts';
import type { BackbonePrompt } from '../../contract/prompt.ts';
import type { ForwardOptions, LayerInput } from '../backbone.ts';
import { prefixesOf } from './prompt-parts.ts';

/** `[batch, sequence, hidden]` as the rows `[batch * sequence, hidden]` that layers work on. */
export function flattenRows(hidden: Tensor3D): Tensor2D {
  const [batch, sequence, width] = hidden.shape;
  return reshape(hidden, [batch * sequence, width]);
}

/** The lowest layer that has a prefix; null where none has. */
export function lowestPrefix(prompt: BackbonePrompt): number | null {
  const prefixes = prefixesOf(prompt);
  if (!prefixes) return null;
  const lowest = Object.values(prefixes.sites).map((layers) => {
    const layer = layers.findIndex((prefix) => prefix !== null);
    return layer < 0 ? Number.POSITIVE_INFINITY : layer;
  });
  const layer = Math.min(...lowest);
  return Number.isFinite(layer) ? layer : null;
}

/**
 * Holds where a pass starts and stops against the backbone, the batch and the prompt.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH`, naming what was expected, or `BACKBONE_UNSUPPORTED`
 *   where layers do not follow one another in a single line.
 */
export function assertSpanFits({ from, until }: ForwardOptions, pass: CheckedPass): void {
  if (!from && until === undefined) return;
  const { id, architecture, numLayers } = pass.geometry;
  if (architecture === 'encoder-decoder') {
    const reason = 'a pass through an encoder-decoder has no layer to start from or to stop at';
    const message = `"${id}" cannot be run in parts: ${reason}.`;
    throw new PtlError('BACKBONE_UNSUPPORTED', message, { source: id, reason });
  }
  if (until !== undefined) assertLayer('layer to stop at', until, numLayers);
  if (from) assertLayerInputFits(from, pass);
}

interface CheckedPass {
  readonly batch: Batch;
  readonly prompt: BackbonePrompt;
  readonly geometry: BackboneGeometry;
}

function assertLayer(name: string, layer: number, numLayers: number): void {
  if (Number.isInteger(layer) && layer >= 0 && layer < numLayers) return;
  throw mismatch(name, `one of 0 to ${numLayers - 1}`, String(layer));
}

function assertLayerInputFits(
  { layer, hidden }: LayerInput,
  { batch, prompt, geometry }: CheckedPass,
): void {
  const { numLayers, hiddenSize } = geometry;
  assertLayer('layer to start from', layer, numLayers);
  const expected = [batch.size, batch.sequence, hiddenSize].join(', ');
  const actual = hidden.shape.join(', ');
  if (actual !== expected) throw mismatch('hidden states', `[${expected}]`, `[${actual}]`);
  const lowest = lowestPrefix(prompt);
  if (lowest === null || lowest >= layer) return;
  throw mismatch('prompt', `prefixes from layer ${layer} on`, `one in layer ${lowest}`);
}

function mismatch(tensor: string, expected: string, actual: string): PtlError<'SHAPE_MISMATCH'> {
  const message = `The ${tensor} of this pass does not fit: expected ${expected}, got ${actual}.`;
  return new PtlError('SHAPE_MISMATCH', message, { tensor, expected, actual });
}
