import * as tf from '@tensorflow/tfjs';
import { lastUse } from './last-use.ts';

export interface RmsNormWeights {
  /** `[width]`. */
  readonly scale: tf.Tensor1D;
  /** Added to the mean square. */
  readonly epsilon: number;
}

/**
 * `x / sqrt(mean(x²) + ε) * scale` over the last axis, of any shape.
 *
 * @see Zhang and Sennrich (2019), arXiv:1910.07467
 */
export function rmsNorm<T extends tf.Tensor>(x: T, { scale, epsilon }: RmsNormWeights): T {
  const op = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc]; // TF.js passes both.
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(input), -1, true), epsilon));
    const value = tf.mul(input, inverse);
    save([value, inverse]);
    return { value, gradFunc: lastUse(gradient) };
  });
  return tf.mul(op(x), scale);
}

/** `dx = (dy - x̂ mean(dy x̂)) / rms`. */
function gradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [normalized, inverse] = saved as [tf.Tensor, tf.Tensor]; // As saved above.
  const along = tf.mean(tf.mul(dy, normalized), -1, true);
  return tf.mul(tf.sub(dy, tf.mul(normalized, along)), inverse);
}
