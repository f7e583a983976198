import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from './fused-kernel.ts';
import { lastUse } from './last-use.ts';
import { addBias, type Projection, settleBias } from './linear.ts';

export interface NormWeights {
  /** `[hidden]`. */
  readonly scale: tf.Tensor1D;
  /** `[hidden]`. */
  readonly shift: tf.Tensor1D;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Whether gradients are to reach `scale` and `shift`. */
  readonly trained: boolean;
}

/**
 * Layer normalization of `x`, or of `x + residual`: rows `[rows, hidden]` in and out.
 *
 * @param x - Rows, or the projection that makes them.
 * @see Ba et al. (2016), arXiv:1607.06450
 */
export function addNorm(
  x: tf.Tensor2D | Projection,
  residual: tf.Tensor2D | null,
  weights: NormWeights,
): tf.Tensor2D {
  const isProjection = !(x instanceof tf.Tensor);
  if (residual && !weights.trained && fusedKernel('PtlAddNorm')) {
    const { product, bias } = isProjection ? settleBias(x) : { product: x, bias: null };
    return fusedAddNorm(product, residual, bias ?? tf.zerosLike(weights.shift), weights);
  }
  const rows = isProjection ? addBias(x) : x;
  const sum = residual ? tf.add(rows, residual) : rows;
  return tf.add(
    tf.mul(normalize(sum as tf.Tensor2D, weights.epsilon), weights.scale),
    weights.shift,
  );
}

/** `(x - mean) / sqrt(variance + ε)` over the last axis. */
function normalize(x: tf.Tensor2D, epsilon: number): tf.Tensor2D {
  const op = tf.customGrad((input, save) => {
    const centered = tf.sub(input as tf.Tensor, tf.mean(input as tf.Tensor, -1, true));
    const variance = tf.mean(tf.square(centered), -1, true);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const value = tf.mul(centered, inverse);
    (save as tf.GradSaveFunc)([value, inverse]);
    return { value, gradFunc: lastUse(normalizeGradient) };
  });
  return op(x) as tf.Tensor2D;
}

/** `dx = (dy - mean(dy) - x̂ mean(dy x̂)) / σ`. */
function normalizeGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [normalized, inverse] = saved as [tf.Tensor, tf.Tensor]; // As saved above.
  const along = tf.mean(tf.mul(dy, normalized), -1, true);
  const centered = tf.sub(dy, tf.mean(dy, -1, true));
  return tf.mul(tf.sub(centered, tf.mul(normalized, along)), inverse);
}

/**
 * `PtlAddNorm` takes x, residual, bias, scale, shift and attribute epsilon, and gives the result, the
 * normalized rows and `1 / σ`; `PtlAddNormGrad` takes dy, the latter two and scale, and gives the
 * gradient of both summands.
 */
function fusedAddNorm(
  x: tf.Tensor2D,
  residual: tf.Tensor2D,
  bias: tf.Tensor1D,
  { scale, shift, epsilon }: NormWeights,
): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [input, other, save] = args as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const outputs = fusedKernel('PtlAddNorm')?.(
      { x: input, residual: other, bias, scale, shift },
      { epsilon },
    );
    const [value, normalized, inverse] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    save([normalized, inverse]);
    const gradFunc = lastUse((dy, saved) => {
      const gradient = fusedAddNormGradient(dy, saved, scale);
      return [gradient, gradient];
    });
    return { value, gradFunc };
  });
  return op(x, residual) as tf.Tensor2D;
}

function fusedAddNormGradient(dy: tf.Tensor, saved: tf.Tensor[], scale: tf.Tensor1D): tf.Tensor {
  const [normalized, inverse] = saved as [tf.Tensor, tf.Tensor]; // As saved above.
  const outputs = fusedKernel('PtlAddNormGrad')?.({ dy, normalized, inverse, scale });
  return outputs?.[0] ?? normalizeGradient(tf.mul(dy, scale), [normalized, inverse]);
}
