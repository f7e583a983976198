import * as tf from '@tensorflow/tfjs';
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
import type { AttentionInput, AttentionOptions } from './attention-options.ts';
import { addBias } from './linear.ts';

/** Heads of queries, keys and values, `[heads, batch, positions, headSize]`. */
interface Heads {
  readonly query: tf.Tensor;
  readonly key: tf.Tensor4D;
  readonly value: tf.Tensor4D;
}

/** Attention out of TF.js's own ops. */
export function composedAttention(input: AttentionInput, options: AttentionOptions): tf.Tensor2D {
  const { shape, prefix, bias, dropWeights } = options;
  const rows = [input.query, ...(input.keyValue ? [input.keyValue] : [])].map(addBias);
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc; // TF.js passes it behind the inputs.
    const given = args.slice(0, rows.length) as tf.Tensor2D[];
    const [keys, values] = args.slice(rows.length, -1) as [tf.Tensor?, tf.Tensor?];
    const heads = splitHeads(given, shape);
    const query = tf.mul(heads.query, 1 / Math.sqrt(shape.headSize));
    const key = withPrefix(heads.key, keys, shape);
    const value = withPrefix(heads.value, values, shape);
    const scores = tf.matMul(query, key, false, true);
    const weights: tf.Tensor = tf.softmax(bias ? tf.add(scores, bias) : scores);
    const mask = dropWeights ? [dropWeights(tf.onesLike(weights))] : [];
    const context = tf.matMul(mask[0] ? tf.mul(weights, mask[0]) : weights, value);
    save([query, key, value, weights, context, ...mask]);
    return {
      value: fromHeads(context),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        gradient(dy as tf.Tensor2D, saved, options, rows.length === 1),
    };
  });
  return op(...rows, ...(prefix ? [prefix.keys, prefix.values] : [])) as tf.Tensor2D;
}

/** One tensor of rows holds all three, two hold queries and the rest. */
function splitHeads(rows: readonly tf.Tensor2D[], shape: AttentionShape): Heads {
  const [query, keyValue] = rows.map((part) => toHeads(part, shape));
  const first = query as tf.Tensor4D; // There is one at least.
  const rest = keyValue ?? first;
  const behind = keyValue ? 0 : 1;
  return {
    query: takeHeads(first, 0, shape),
    key: takeHeads(rest, behind, shape),
    value: takeHeads(rest, behind + 1, shape),
  };
}

/** Gradients of the rows and, where there is one, of the prefix's keys and values. */
function gradient(
  dy: tf.Tensor2D,
  saved: tf.Tensor[],
  { shape, prefix }: AttentionOptions,
  isPacked: boolean,
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
  const dContext = toHeads(dy, shape);
  const dropped = mask ? tf.mul(weights, mask) : weights;
  const dValue = tf.matMul(dropped, dContext, true);
  const dDropped = tf.matMul(dContext, value, false, true);
  const dWeights = mask ? tf.mul(dDropped, mask) : dDropped;
  // Σⱼ dWⱼ Wⱼ of the softmax's gradient equals dContext · context, which is far smaller.
  const inner = tf.sum(tf.mul(dContext, context), -1, true);
  const dScores = tf.mul(weights, tf.sub(dWeights, inner));
  const dQuery = tf.mul(tf.matMul(dScores, key), 1 / Math.sqrt(shape.headSize));
  const dKey = tf.matMul(dScores, query, true);
  const prefixLength = prefix?.keys.shape.at(-2) ?? 0;
  const dKeyValue = [withoutPrefix(dKey, prefixLength), withoutPrefix(dValue, prefixLength)];
  const dRows = isPacked
    ? [packHeads([dQuery, ...dKeyValue])]
    : [packHeads([dQuery]), packHeads(dKeyValue)];
  if (!prefix) return dRows;
  return [...dRows, prefixGradient(dKey, prefix.keys), prefixGradient(dValue, prefix.values)];
}
