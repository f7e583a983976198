import * as tf from '@tensorflow/tfjs';
import { crossEntropy } from '../../ops/cross-entropy.ts';
import type { Example, SummedLoss } from '../task.ts';
import type { AnswerPositions } from './answer-positions.ts';

/**
 * The mean of the cross-entropies of start and end, summed over rows.
 *
 * Padding takes no part in the softmax over positions, so that a row's loss does not depend on how
 * long its neighbours are; in Transformers it does.
 *
 * @param logits - `[batch, sequence, 2]`.
 */
export function spanLoss(
  logits: tf.Tensor3D,
  examples: readonly Example<AnswerPositions>[],
): SummedLoss {
  const [batch, sequence] = logits.shape;
  const mask = paddingMask(examples, sequence);
  const lossOf = (side: 0 | 1, targets: readonly number[]): tf.Scalar => {
    const own = tf.reshape(tf.slice(logits, [0, 0, side], [batch, sequence, 1]), [batch, sequence]);
    return crossEntropy(tf.add(own, mask) as tf.Tensor2D, Int32Array.from(targets)).sum;
  };
  const starts = lossOf(
    0,
    examples.map(({ target }) => target.start),
  );
  const ends = lossOf(
    1,
    examples.map(({ target }) => target.end),
  );
  return { sum: tf.div(tf.add(starts, ends), 2), count: batch };
}

/** `[batch, sequence]`: 0 for real tokens, far below any logit for padding. */
function paddingMask(examples: readonly Example[], sequence: number): tf.Tensor2D {
  const mask = new Float32Array(examples.length * sequence);
  for (const [place, { row }] of examples.entries()) {
    const real = row.inputIds.length - row.slots.length;
    mask.fill(-1e9, place * sequence + real, (place + 1) * sequence);
  }
  return tf.tensor2d(mask, [examples.length, sequence]);
}
