import * as tf from '@tensorflow/tfjs';

/** Draws from N(0, `standardDeviation`²). Equal seeds give equal values on every engine. */
export function normal<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  standardDeviation: number,
  seed: number,
): tf.Tensor<R> {
  return tf.randomNormal<R>(shape, 0, standardDeviation, 'float32', seed);
}

/** Draws from U[-`limit`, `limit`). Equal seeds give equal values on every engine. */
export function uniform<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  limit: number,
  seed: number,
): tf.Tensor<R> {
  return tf.randomUniform<R>(shape, -limit, limit, 'float32', seed);
}
