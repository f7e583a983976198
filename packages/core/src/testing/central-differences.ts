import * as tf from '@tensorflow/tfjs';

/**
 * Numerical gradient of a scalar function, `(f(x + h) - f(x - h)) / 2h` in each coordinate.
 *
 * Float32 leaves about three digits: choose functions whose values stay near 1, and compare with
 * a tolerance of about 1e-3.
 *
 * @param step - `h`; the default balances rounding against curvature in float32.
 * @returns The gradient in the order of the values of `x`.
 */
export function centralDifferences<T extends tf.Tensor>(
  f: (x: T) => tf.Scalar,
  x: T,
  step = 1e-2,
): Float32Array {
  const values = Float32Array.from(x.dataSync());
  const evaluate = (at: Float32Array): number =>
    tf.tidy(() => f(tf.tensor(at, x.shape) as T).dataSync()[0] ?? Number.NaN);
  return values.map((value, index) => {
    const [above, below] = [1, -1].map((sign) => {
      const moved = values.slice();
      moved[index] = value + sign * step;
      return evaluate(moved);
    }) as [number, number]; // One for each sign.
    return (above - below) / (2 * step);
  });
}
