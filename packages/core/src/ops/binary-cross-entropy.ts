import * as tf from '@tensorflow/tfjs';

/**
 * `Σ max(x, 0) - x z + log(1 + exp(-|x|))`: the cross-entropy of each logit `x`, taken as that of a
 * probability of its own, with its target `z` in [0, 1]. Its gradient is `σ(x) - z`.
 *
 * @param targets - Of the logits' shape, row-major.
 * @see torch.nn.functional.binary_cross_entropy_with_logits
 */
export function binaryCrossEntropy(
  logits: tf.Tensor2D,
  targets: Float32Array,
): { readonly sum: tf.Scalar; readonly count: number } {
  const toTarget = (): tf.Tensor2D => tf.tensor2d(targets, logits.shape);
  const op = tf.customGrad((input, save) => {
    const saved = save as tf.GradSaveFunc; // TF.js types all arguments as tensors.
    const x = input as tf.Tensor2D;
    saved([x]);
    const rest = tf.log(tf.add(1, tf.exp(tf.neg(tf.abs(x)))));
    const value = tf.sum(tf.add(tf.sub(tf.relu(x), tf.mul(x, toTarget())), rest));
    return { value, gradFunc };
  });
  const gradFunc = (dy: tf.Tensor, [x]: tf.Tensor[]): tf.Tensor =>
    tf.mul(dy, tf.sub(tf.sigmoid(x as tf.Tensor), toTarget())); // As saved above.
  return { sum: op(logits) as tf.Scalar, count: targets.length };
}
