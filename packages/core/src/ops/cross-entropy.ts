import * as tf from '@tensorflow/tfjs';
import { lastUse } from './last-use.ts';

/** Target of rows that count for nothing, as in PyTorch. */
export const ignoredTarget = -100;

/**
 * `sum = -Σ log softmax(logits)[i, targets[i]]` over the rows whose target is not
 * {@link ignoredTarget}, and how many rows these are.
 *
 * Its gradient is `softmax(logits) - oneHot(targets)`, zero for ignored rows. Finite for any finite
 * logits.
 *
 * @param logits - `[rows, labels]`.
 * @param targets - `[rows]`: indices of labels.
 * @throws RangeError if a target is neither a label nor {@link ignoredTarget}.
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  targets: Int32Array,
): { readonly sum: tf.Scalar; readonly count: number } {
  const [rows, labels] = logits.shape;
  assertTargets(targets, rows, labels);
  const counted = Float32Array.from(targets, (target) => (target === ignoredTarget ? 0 : 1));
  const op = tf.customGrad((input, save) => {
    const saved = save as tf.GradSaveFunc; // TF.js types all arguments as tensors.
    const target = oneHot(targets, labels, counted);
    const logProbabilities = logSoftmax(input as tf.Tensor2D);
    saved([logProbabilities, target]);
    return { value: tf.neg(tf.sum(tf.mul(logProbabilities, target))), gradFunc };
  });
  const gradFunc = lastUse((dy, saved) => {
    const [logProbabilities, target] = saved as [tf.Tensor, tf.Tensor]; // As saved above.
    const probabilities = tf.mul(tf.exp(logProbabilities), tf.tensor2d(counted, [rows, 1]));
    return tf.mul(dy, tf.sub(probabilities, target));
  });
  return { sum: op(logits) as tf.Scalar, count: counted.reduce((total, one) => total + one, 0) };
}

function logSoftmax(logits: tf.Tensor2D): tf.Tensor2D {
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}

/** Rows that do not count are zero. Engines differ in what they do with indices out of range. */
function oneHot(targets: Int32Array, labels: number, counted: Float32Array): tf.Tensor {
  const places = tf.tensor1d(
    targets.map((target) => Math.max(0, target)),
    'int32',
  );
  return tf.mul(tf.oneHot(places, labels), tf.tensor2d(counted, [counted.length, 1]));
}

function assertTargets(targets: Int32Array, rows: number, labels: number): void {
  if (targets.length !== rows) {
    throw new RangeError(`There must be a target for each of ${rows} rows. Got ${targets.length}.`);
  }
  for (const [row, target] of targets.entries()) {
    if (target === ignoredTarget || (target >= 0 && target < labels)) continue;
    throw new RangeError(`Target ${target} of row ${row} is not one of ${labels} labels.`);
  }
}
