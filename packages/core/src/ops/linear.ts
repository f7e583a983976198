import * as tf from '@tensorflow/tfjs';
import { bfloat16Product, isBfloat16 } from './bfloat16.ts';
import { lastUse } from './last-use.ts';

/** Weights of a linear layer, as the checkpoint stores them. */
export interface LinearWeights {
  /** `[out, in]` as PyTorch has it, or `[in, out]` where `isTransposed`; a frozen one may be packed in bfloat16. */
  readonly weight: tf.Tensor2D;
  /** `[out]`; null where the layer has none. */
  readonly bias: tf.Tensor1D | null;
  /** Whether `weight` is `[in, out]`, as in GPT-2's checkpoints. False if absent. */
  readonly isTransposed?: boolean;
  /** Whether gradients are to reach `weight`, and `bias`. */
  readonly trained: { readonly weight: boolean; readonly bias: boolean };
}

/**
 * A linear layer whose bias is still to be added: the op that takes it does so in the pass over the
 * rows that it makes anyway.
 */
export interface Projection {
  /** `x Wᵀ`, `[rows, out]`. */
  readonly product: tf.Tensor2D;
  /** `[out]`; null where there is none. */
  readonly bias: tf.Tensor1D | null;
  /** Whether a gradient is to reach `bias`, which {@link addBias} alone passes on. */
  readonly biasTrained: boolean;
}

/**
 * `x Wᵀ` for rows `[rows, in]`, with the bias beside it.
 *
 * A frozen `W` passes a gradient to `x` only.
 */
export function project(x: tf.Tensor2D, weights: LinearWeights): Projection {
  const { weight, bias, isTransposed = false, trained } = weights;
  const product: tf.Tensor2D = trained.weight
    ? tf.matMul(x, weight, false, !isTransposed)
    : frozenProduct(x, weight, isTransposed);
  return { product, bias, biasTrained: trained.bias };
}

/** `x Wᵀ + b`, `[rows, out]`. */
export function addBias({ product, bias }: Projection): tf.Tensor2D {
  return bias ? tf.add(product, bias) : product;
}

/**
 * The same with a frozen bias, as fused kernels take it: a trained one is added here, by TF.js's own
 * op, which passes it its gradient.
 */
export function settleBias(projection: Projection): Projection {
  if (!projection.biasTrained) return projection;
  return { product: addBias(projection), bias: null, biasTrained: false };
}

/** `y = x Wᵀ + b` for rows `[rows, in]`, giving `[rows, out]`. */
export function linear(x: tf.Tensor2D, weights: LinearWeights): tf.Tensor2D {
  return addBias(project(x, weights));
}

/**
 * `x Wᵀ`, or `x W` where `W` is stored the other way round, with a gradient for `x` only.
 */
function frozenProduct(x: tf.Tensor2D, frozen: tf.Tensor2D, isTransposed: boolean): tf.Tensor2D {
  const product = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc]; // TF.js passes both.
    save([frozen]); // It may be a part of another, made for this pass.
    return {
      value: multiply(input, frozen, !isTransposed),
      gradFunc: lastUse((dy, saved) => {
        const [weight] = saved as [tf.Tensor2D]; // As saved above.
        return multiply(dy as tf.Tensor2D, weight, isTransposed);
      }),
    };
  });
  return product(x) as tf.Tensor2D;
}

/** WebAssembly's product is an order of magnitude slower with a transposed operand than without. */
function multiply(x: tf.Tensor2D, weight: tf.Tensor2D, transpose: boolean): tf.Tensor2D {
  if (isBfloat16(weight)) return bfloat16Product(x, weight, transpose);
  if (transpose && tf.getBackend() === 'wasm') return tf.matMul(x, tf.transpose(weight));
  return tf.matMul(x, weight, false, transpose);
}
