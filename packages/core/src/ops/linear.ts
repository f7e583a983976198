import * as tf from '@tensorflow/tfjs';
import { bfloat16Product, isBfloat16 } from './bfloat16.ts';
import { lastUse } from './last-use.ts';

/** Weights of a linear layer, as the checkpoint stores them. */
export interface LinearWeights {
  /** `[out, in]` as PyTorch has it, or `[in, out]` where `isTransposed`; a frozen one may be packed in bfloat16. */
  readonly weight: tf.Tensor2D;
  /** A frozen `weight` the other way round, where the engine multiplies faster with it. */
  readonly reversed?: tf.Tensor2D | undefined;
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
    : frozenProduct(x, weights);
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
function frozenProduct(
  x: tf.Tensor2D,
  { weight, isTransposed = false, reversed }: LinearWeights,
): tf.Tensor2D {
  const product = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc]; // TF.js passes both.
    // One of them may be a part of another, made for this pass.
    save(reversed ? [weight, reversed] : [weight]);
    return {
      value: multiply(input, [weight, reversed], !isTransposed),
      gradFunc: lastUse((dy, saved) =>
        multiply(dy as tf.Tensor2D, saved as [tf.Tensor2D, tf.Tensor2D?], isTransposed),
      ),
    };
  });
  return product(x) as tf.Tensor2D;
}

/** @param pair - A matrix, and where there is one its transpose. */
function multiply(
  x: tf.Tensor2D,
  [weight, reversed]: readonly [tf.Tensor2D, (tf.Tensor2D | undefined)?],
  transpose: boolean,
): tf.Tensor2D {
  if (transpose && reversed) return tf.matMul(x, reversed);
  if (isBfloat16(weight)) return bfloat16Product(x, weight, transpose);
  // WebAssembly's product is an order of magnitude slower with a transposed operand than without.
  if (transpose && tf.getBackend() === 'wasm') return tf.matMul(x, tf.transpose(weight));
  return tf.matMul(x, weight, false, transpose);
}
