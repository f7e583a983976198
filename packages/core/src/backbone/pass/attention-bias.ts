import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';

/** Large enough to make a weight of exactly zero, small enough to stay finite when added to. */
const masked = -1e9;

/**
 * What is added to attention scores: 0 at visible positions, a large negative number at padding
 * and at prefix positions that a row does not use.
 *
 * @param lengths - How many prefix positions each row uses; all where absent.
 * @returns `[1, batch, 1, prefixLength + sequence]`, or null where every position is visible.
 */
export function attentionBias(
  batch: Batch,
  prefixLength: number,
  lengths: readonly number[] | undefined,
): tf.Tensor4D | null {
  const width = prefixLength + batch.sequence;
  const bias = new Float32Array(batch.size * width);
  for (let row = 0; row < batch.size; row++) {
    bias.fill(masked, row * width + (lengths?.[row] ?? prefixLength), row * width + prefixLength);
    for (let column = 0; column < batch.sequence; column++) {
      const visible = batch.attentionMask[row * batch.sequence + column] === 1;
      if (!visible) bias[row * width + prefixLength + column] = masked;
    }
  }
  return bias.every((value) => value === 0) ? null : tf.tensor4d(bias, [1, batch.size, 1, width]);
}
