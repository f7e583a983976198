import * as tf from '@tensorflow/tfjs';
import { lastUse } from './last-use.ts';

/** Target of rows that count for nothing, as in PyTorch. */
export const ignoredTarget = -100;

/** How much labels count, and how sure their targets are. */
export interface CrossEntropyOptions {
  /** One for each label: what a row of that label counts. 1 if absent. */
  readonly weights?: Float32Array | undefined;
  /** Share of each target that is spread evenly over all labels, in [0, 1). */
  readonly smoothing?: number | undefined;
}

/**
 * `sum = -Σ log softmax(logits)[i, targets[i]]` over the rows whose target is not
 * {@link ignoredTarget}, and how many rows these are.
 *
 * With weights `w` and smoothing `s` a row of label `y` adds `-Σ t[c] log softmax(logits)[i, c]` with
 * `t[c] = w[c] s / labels`, and `(1 - s) w[y]` more for `y`; it counts `w[y]`. The quotient is that of
 * PyTorch's `cross_entropy` with `weight` and `label_smoothing`.
 *
 * Its gradient is `softmax(logits) Σ t - t`, zero for ignored rows. Finite for any finite logits.
 *
 * @param logits - `[rows, labels]`.
 * @param targets - `[rows]`: indices of labels.
 * @throws RangeError if a target is neither a label nor {@link ignoredTarget}.
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  targets: Int32Array,
  { weights, smoothing = 0 }: CrossEntropyOptions = {},
): { readonly sum: tf.Scalar; readonly count: number } {
  const [rows, labels] = logits.shape;
  assertTargets(targets, rows, labels);
  const weightOf = (target: number): number => (weights ? (weights[target] ?? 0) : 1);
  const counted = Float32Array.from(targets, (target) => (target === ignoredTarget ? 0 : 1));
  const counts = counted.map((one, row) => one && weightOf(targets[row] ?? 0));
  const spread = Float32Array.from({ length: labels }, (_, label) =>
    smoothing === 0 ? 0 : (weightOf(label) * smoothing) / labels,
  );
  const spreadSum = spread.reduce((sum, share) => sum + share, 0);
  const peaks = counts.map((count) => count * (1 - smoothing));
  const masses = peaks.map((peak, row) => peak + (counted[row] ?? 0) * spreadSum);
  const op = tf.customGrad((input, save) => {
    const saved = save as tf.GradSaveFunc; // TF.js types all arguments as tensors.
    const peaked = oneHot(targets, labels, peaks);
    const target = smoothing === 0 ? peaked : tf.add(peaked, outer(counted, spread));
    const logProbabilities = logSoftmax(input as tf.Tensor2D);
    saved([logProbabilities, target]);
    return { value: tf.neg(tf.sum(tf.mul(logProbabilities, target))), gradFunc };
  });
  const gradFunc = lastUse((dy, saved) => {
    const [logProbabilities, target] = saved as [tf.Tensor, tf.Tensor]; // As saved above.
    const probabilities = tf.mul(tf.exp(logProbabilities), tf.tensor2d(masses, [rows, 1]));
    return tf.mul(dy, tf.sub(probabilities, target));
  });
  return { sum: op(logits) as tf.Scalar, count: counts.reduce((total, one) => total + one, 0) };
}

function outer(rows: Float32Array, columns: Float32Array): tf.Tensor {
  return tf.mul(tf.tensor2d(rows, [rows.length, 1]), tf.tensor2d(columns, [1, columns.length]));
}

function logSoftmax(logits: tf.Tensor2D): tf.Tensor2D {
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}

/** Rows that do not count are zero. Engines differ in what they do with indices out of range. */
function oneHot(targets: Int32Array, labels: number, peaks: Float32Array): tf.Tensor {
  const places = tf.tensor1d(
    targets.map((target) => Math.max(0, target)),
    'int32',
  );
  return tf.mul(tf.oneHot(places, labels), tf.tensor2d(peaks, [peaks.length, 1]));
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
