import * as tf from '@tensorflow/tfjs';
import type { LayerPrefix } from '../contract/prompt.ts';
import {
  type AttentionShape,
  fromHeads,
  packHeads,
  prefixGradient,
  takeHeads,
  toHeads,
  withoutPrefix,
  withPrefix,
} from './attention-heads.ts';

export interface AttentionOptions {
  readonly shape: AttentionShape;
  /** Keys and values in front of the input's own. */
  readonly prefix: LayerPrefix | null;
  /** Added to the scores, `[1, batch, 1, prefixLength + sequence]`; null where nothing is masked. */
  readonly bias: tf.Tensor4D | null;
  /** Applies dropout to the attention weights; null in evaluation. */
  readonly dropWeights: ((weights: tf.Tensor) => tf.Tensor) | null;
}

/**
 * Multi-head scaled dot-product self-attention with a prefix.
 *
 * `softmax(Q [Pk; K]ᵀ / √headSize + bias) [Pv; V]`, where the prefix makes keys and values but no
 * queries, so that the output has the input's positions.
 *
 * @param packed - Queries, keys and values side by side, `[batch * sequence, 3 * heads * headSize]`.
 * @returns `[batch * sequence, heads * headSize]`.
 * @see Vaswani et al. (2017), arXiv:1706.03762, 3.2; Li and Liang (2021), arXiv:2101.00190, 4.2
 */
export function attention(packed: tf.Tensor2D, options: AttentionOptions): tf.Tensor2D {
  const { shape, prefix, bias, dropWeights } = options;
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc; // TF.js passes it behind the inputs.
    const [input, keys, values] = args.slice(0, -1) as [tf.Tensor2D, tf.Tensor?, tf.Tensor?];
    const heads = toHeads(input, shape);
    const query = tf.mul(takeHeads(heads, 0, shape), 1 / Math.sqrt(shape.headSize));
    const key = withPrefix(takeHeads(heads, 1, shape), keys, shape);
    const value = withPrefix(takeHeads(heads, 2, shape), values, shape);
    const scores = tf.matMul(query, key, false, true);
    const weights: tf.Tensor = tf.softmax(bias ? tf.add(scores, bias) : scores);
    const mask = dropWeights ? [dropWeights(tf.onesLike(weights))] : [];
    const context = tf.matMul(mask[0] ? tf.mul(weights, mask[0]) : weights, value);
    save([query, key, value, weights, context, ...mask]);
    return {
      value: fromHeads(context, shape),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradient(dy, saved, shape, prefix),
    };
  });
  const inputs = prefix ? [packed, prefix.keys, prefix.values] : [packed];
  return op(...inputs) as tf.Tensor2D;
}

/** Gradients of the packed input and, where there is one, of the prefix's keys and values. */
function gradient(
  dy: tf.Tensor,
  saved: tf.Tensor[],
  shape: AttentionShape,
  prefix: LayerPrefix | null,
): tf.Tensor[] {
  // As saved above; the mask only with dropout.
  const [query, key, value, weights, context, mask] = saved as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor?,
  ];
  const dContext = takeHeads(toHeads(dy as tf.Tensor2D, shape), 0, shape);
  const dropped = mask ? tf.mul(weights, mask) : weights;
  const dValue = tf.matMul(dropped, dContext, true);
  const dDropped = tf.matMul(dContext, value, false, true);
  const dWeights = mask ? tf.mul(dDropped, mask) : dDropped;
  // Σⱼ dWⱼ Wⱼ of the softmax's gradient equals dContext · context, which is far smaller.
  const inner = tf.sum(tf.mul(dContext, context), -1, true);
  const dScores = tf.mul(weights, tf.sub(dWeights, inner));
  const dQuery = tf.mul(tf.matMul(dScores, key), 1 / Math.sqrt(shape.headSize));
  const dKey = tf.matMul(dScores, query, true);
  const dPacked = packHeads(
    [dQuery, withoutPrefix(dKey, shape), withoutPrefix(dValue, shape)],
    shape,
  );
  if (!prefix) return [dPacked];
  return [
    dPacked,
    prefixGradient(dKey, prefix.keys, shape),
    prefixGradient(dValue, prefix.values, shape),
  ];
}
