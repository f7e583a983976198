import * as tf from '@tensorflow/tfjs';

/** Weights of a linear layer, as PyTorch stores them. */
export interface LinearWeights {
  /** `[out, in]`. */
  readonly weight: tf.Tensor2D;
  /** `[out]`. */
  readonly bias: tf.Tensor1D;
  /** Whether gradients are to reach `weight`. */
  readonly trained: boolean;
}

/**
 * `y = x Wᵀ + b` for rows `[rows, in]`, giving `[rows, out]`.
 *
 * A frozen `W` passes a gradient to `x` only. The bias is added by TF.js's own op, which passes it
 * a gradient just where something asks for one.
 */
export function linear(x: tf.Tensor2D, { weight, bias, trained }: LinearWeights): tf.Tensor2D {
  const product = trained ? tf.matMul(x, weight, false, true) : frozenProduct(x, weight);
  return tf.add(product, bias);
}

function frozenProduct(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  const product = tf.customGrad((input) => ({
    value: multiplyTransposed(input as tf.Tensor2D, weight),
    gradFunc: (dy: tf.Tensor) => tf.matMul(dy as tf.Tensor2D, weight),
  }));
  return product(x) as tf.Tensor2D;
}

/** WebAssembly's product is an order of magnitude slower with a transposed operand than without. */
function multiplyTransposed(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  if (tf.getBackend() === 'wasm') return tf.matMul(x, tf.transpose(weight));
  return tf.matMul(x, weight, false, true);
}
