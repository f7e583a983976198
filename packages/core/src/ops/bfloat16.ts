import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from './fused-kernel.ts';

/*
 * TF.js has no type for bfloat16. A matrix of it is held as `int32`, each number two neighbours of a
 * row, so that it is half as large, is counted in memory, and its rows can be sliced and stacked.
 *
 * `PtlBfloat16Pack` takes `[rows, columns]` in float32, `columns` even, and gives `[rows, columns / 2]`.
 * `PtlBfloat16Product` takes x in float32 and a packed weight, and gives `x W`, or `x Wᵀ` with
 * attribute transpose, in float32: both factors are rounded to bfloat16, and on some engines the result.
 */

/** Whether the engine multiplies matrices of bfloat16 faster than those of float32. */
export function hasBfloat16(): boolean {
  return fusedKernel('PtlBfloat16Product') !== undefined;
}

/**
 * A matrix in bfloat16: 8 bits of precision in the range of float32. The caller owns the result.
 *
 * @param matrix - `[rows, columns]`, with an even number of columns.
 */
export function packBfloat16(matrix: tf.Tensor2D): tf.Tensor2D {
  return runKernel('PtlBfloat16Pack', { matrix });
}

/** Whether a weight is one that {@link packBfloat16} made. */
export function isBfloat16(weight: tf.Tensor2D): boolean {
  return weight.dtype === 'int32';
}

/** `x W`, or `x Wᵀ`, with a weight in bfloat16. Has no gradient of its own. */
export function bfloat16Product(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  transpose: boolean,
): tf.Tensor2D {
  return runKernel('PtlBfloat16Product', { x, weight }, { transpose });
}

function runKernel(
  name: 'PtlBfloat16Pack' | 'PtlBfloat16Product',
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, boolean>> = {},
): tf.Tensor2D {
  const [output] = fusedKernel(name)?.(inputs, attributes) ?? [];
  if (!output) throw new TypeError(`The engine "${tf.getBackend()}" has no kernel ${name}.`);
  return output as tf.Tensor2D; // Both give matrices.
}
