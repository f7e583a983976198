import * as tf from '@tensorflow/tfjs';
import {
  type AttentionShape,
  fromHeads,
  groupHeads,
  packHeads,
  prefixGradient,
  takeHeads,
  toHeads,
  ungroupHeads,
  withoutPrefix,
  withPrefix,
} from './attention-heads.ts';
import type { AttentionInput, AttentionOptions, ScoreBias } from './attention-options.ts';
import { lastUse } from './last-use.ts';
import { addBias } from './linear.ts';

/** Added to scores that are not to count: large enough for a weight of zero, and still finite. */
const hidden = -1e9;

/** Heads of queries, keys and values, `[heads, batch, positions, headSize]`. */
interface Heads {
  readonly query: tf.Tensor;
  readonly key: tf.Tensor4D;
  readonly value: tf.Tensor4D;
}

/** Attention out of TF.js's own ops. */
export function composedAttention(input: AttentionInput, options: AttentionOptions): tf.Tensor2D {
  const { shape, prefix, dropWeights, scoreBias } = options;
  const rows = [input.query, ...(input.keyValue ? [input.keyValue] : [])].map(addBias);
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc; // TF.js passes it behind the inputs.
    const given = args.slice(0, rows.length) as tf.Tensor2D[];
    const behind = rows.length + (prefix ? 2 : 0);
    const [keys, values] = args.slice(rows.length, behind) as [tf.Tensor?, tf.Tensor?];
    const heads = splitHeads(given, shape);
    const keyHeads = heads.key.shape[0];
    const asked = groupHeads(heads.query, keyHeads);
    const query = tf.mul(asked, scaleOf(options));
    const key = withPrefix(heads.key, keys, shape);
    const value = withPrefix(heads.value, values, shape);
    const scores = tf.matMul(query, key, false, true);
    const weights: tf.Tensor = tf.softmax(masked(scores, heads.query.shape[2] ?? 0, options));
    const mask = dropWeights ? [dropWeights(tf.onesLike(weights))] : [];
    const context = tf.matMul(mask[0] ? tf.mul(weights, mask[0]) : weights, value);
    save([query, key, value, weights, context, ...mask]);
    return {
      value: fromHeads(ungroupHeads(context, shape.numHeads)),
      gradFunc: lastUse((dy, saved) =>
        gradient(dy as tf.Tensor2D, saved, options, rows.length === 1),
      ),
    };
  });
  const trained = scoreBias?.trained ? [scoreBias.values] : [];
  return op(...rows, ...(prefix ? [prefix.keys, prefix.values] : []), ...trained) as tf.Tensor2D;
}

function scaleOf({ shape, scale }: AttentionOptions): number {
  return scale ?? 1 / Math.sqrt(shape.headSize);
}

/** One tensor of rows holds all three, two hold queries and the rest. */
function splitHeads(rows: readonly tf.Tensor2D[], shape: AttentionShape): Heads {
  const [first, second] = rows.map((part) => toHeads(part, shape)) as [tf.Tensor4D, tf.Tensor4D?];
  const { numHeads, numKeyValueHeads = numHeads } = shape;
  const rest = second ?? first;
  const behind = second ? 0 : numHeads;
  return {
    query: takeHeads(first, 0, numHeads),
    key: takeHeads(rest, behind, numKeyValueHeads),
    value: takeHeads(rest, behind + numKeyValueHeads, numKeyValueHeads),
  };
}

/** @param queries - Positions of one head's own queries; a group of heads has a multiple of it. */
function masked(
  scores: tf.Tensor,
  queries: number,
  { bias, isCausal = false, scoreBias }: AttentionOptions,
): tf.Tensor {
  const biased = scoreBias
    ? tf.add(scores, groupHeads(scoreBias.values, scores.shape[0] ?? 0))
    : scores;
  const visible = bias ? tf.add(biased, bias) : biased;
  if (!isCausal) return visible;
  const [, , rows = 0, positions = 0] = scores.shape;
  const future = new Float32Array(rows * positions);
  for (let row = 0; row < rows; row++) {
    const own = positions - queries + (row % queries);
    future.fill(hidden, row * positions + own + 1, (row + 1) * positions);
  }
  return tf.add(visible, tf.tensor4d(future, [1, 1, rows, positions]));
}

/** Gradients of the rows and, where there are any, of the prefix and of a trained score bias. */
function gradient(
  dy: tf.Tensor2D,
  saved: tf.Tensor[],
  options: AttentionOptions,
  isPacked: boolean,
): tf.Tensor[] {
  const { shape, prefix, scoreBias } = options;
  // As saved above; the mask only with dropout.
  const [query, key, value, weights, context, mask] = saved as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor?,
  ];
  const dContext = groupHeads(toHeads(dy, shape), key.shape[0] ?? 0);
  const dropped = mask ? tf.mul(weights, mask) : weights;
  const dValue = tf.matMul(dropped, dContext, true);
  const dDropped = tf.matMul(dContext, value, false, true);
  const dWeights = mask ? tf.mul(dDropped, mask) : dDropped;
  // Σⱼ dWⱼ Wⱼ of the softmax's gradient equals dContext · context, which is far smaller.
  const inner = tf.sum(tf.mul(dContext, context), -1, true);
  const dScores = tf.mul(weights, tf.sub(dWeights, inner));
  const dGrouped = tf.mul(tf.matMul(dScores, key), scaleOf(options));
  const dQuery = ungroupHeads(dGrouped, shape.numHeads);
  const dKey = tf.matMul(dScores, query, true);
  const prefixLength = prefix?.keys.shape.at(-2) ?? 0;
  const dKeyValue = [withoutPrefix(dKey, prefixLength), withoutPrefix(dValue, prefixLength)];
  const dRows = isPacked
    ? [packHeads([dQuery, ...dKeyValue])]
    : [packHeads([dQuery]), packHeads(dKeyValue)];
  const dPrefix = prefix
    ? [prefixGradient(dKey, prefix.keys), prefixGradient(dValue, prefix.values)]
    : [];
  const dBias = scoreBias?.trained ? [scoreBiasGradient(dScores, scoreBias, shape)] : [];
  return [...dRows, ...dPrefix, ...dBias];
}

/** Summed over rows that share it. */
function scoreBiasGradient(
  dScores: tf.Tensor,
  { values }: ScoreBias,
  { numHeads }: AttentionShape,
): tf.Tensor {
  const received = ungroupHeads(dScores, numHeads);
  return values.shape[1] === 1 ? tf.sum(received, 1, true) : received;
}
