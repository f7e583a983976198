import * as tf from '@tensorflow/tfjs';
import { fromHeads, toHeads } from './attention-heads.ts';
import type { AttentionOptions } from './attention-options.ts';

/** What scores get from the distance between query and key; null where they get nothing. */
export interface RelativeScores {
  /**
   * Keys of distances, `[2 * sequence, heads * headSize]`: row `i` for a query `sequence - 1 - i`
   * positions behind its key. Content asks for them.
   */
  readonly keys: tf.Tensor2D | null;
  /**
   * Queries of distances, of the same shape: row `i` for a query `i - (sequence - 1)` positions
   * behind its key. They ask for content.
   */
  readonly queries: tf.Tensor2D | null;
}

export interface DisentangledOptions extends AttentionOptions {
  readonly relative: RelativeScores;
  /** What all scores are multiplied with. */
  readonly scale: number;
}

/**
 * Attention whose scores depend on distances too.
 *
 * `score(i, j) = scale (qᵢ · kⱼ + qᵢ · keys(i - j) + kⱼ · queries(i - j))`. A prefix stands at no
 * distance: its keys have the first term only.
 *
 * Composed of TF.js ops, whose gradients reach what is differentiated and no frozen weight.
 *
 * @param packed - Queries, keys and values side by side, `[batch * sequence, 3 * heads * headSize]`.
 * @returns `[batch * sequence, heads * headSize]`.
 * @see He et al. (2020), arXiv:2006.03654, 3.1
 */
export function disentangledAttention(
  packed: tf.Tensor2D,
  options: DisentangledOptions,
): tf.Tensor2D {
  const { shape, prefix, bias, dropWeights, scale, relative } = options;
  const kinds = tf.split(toHeads(packed, shape), 3, 0);
  const [asked, key, value] = kinds as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]; // Three of them.
  const query: tf.Tensor4D = tf.mul(asked, scale);
  const own = addRelative(tf.matMul(query, key, false, true), query, key, relative, scale);
  const scores = prefix ? tf.concat([timesHeads(query, prefix.keys, true), own], 3) : own;
  const weights = tf.softmax(bias ? tf.add(scores, bias) : scores);
  const kept: tf.Tensor = dropWeights
    ? tf.mul(weights, dropWeights(tf.onesLike(weights)))
    : weights;
  if (!prefix) return fromHeads(tf.matMul(kept, value));
  const sequence = value.shape[2];
  const parts = tf.split(kept, [scores.shape[3] - sequence, sequence], 3);
  const [ofPrefix, ofOwn] = parts as [tf.Tensor4D, tf.Tensor4D]; // As split above.
  const context = tf.add(timesHeads(ofPrefix, prefix.values, false), tf.matMul(ofOwn, value));
  return fromHeads(context);
}

function addRelative(
  content: tf.Tensor4D,
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  { keys, queries }: RelativeScores,
  scale: number,
): tf.Tensor4D {
  const withKeys = keys
    ? tf.add(content, alignDistances(timesHeads(query, splitRows(keys, query), true)))
    : content;
  if (!queries) return withKeys as tf.Tensor4D;
  const table = splitRows(tf.mul(queries, scale), key);
  const asking = alignDistances(timesHeads(key, table, true));
  return tf.add(withKeys, tf.transpose(asking, [0, 1, 3, 2]));
}

/** `[rows, heads * headSize]` to `[heads, rows, headSize]`, of as many heads as another tensor has. */
function splitRows(rows: tf.Tensor2D, { shape: [numHeads] }: tf.Tensor4D): tf.Tensor3D {
  return tf.transpose(tf.reshape(rows, [rows.shape[0], numHeads, -1]), [1, 0, 2]) as tf.Tensor3D;
}

/**
 * `x M` or `x Mᵀ` head by head, for `M` shared by the batch, `[heads, rows, size]`, or one a row of
 * it, `[batch, heads, rows, size]`.
 */
function timesHeads(x: tf.Tensor4D, matrix: tf.Tensor, isTransposed: boolean): tf.Tensor4D {
  if (matrix.rank === 4) {
    return tf.matMul(x, tf.transpose(matrix, [1, 0, 2, 3]), false, isTransposed) as tf.Tensor4D;
  }
  const [numHeads, batch, positions, width] = x.shape;
  const together = tf.reshape(x, [numHeads, batch * positions, width]);
  const product = tf.matMul(together, matrix, false, isTransposed);
  return tf.reshape(product, [numHeads, batch, positions, -1]);
}

/**
 * `y[.., a, b] = x[.., a, sequence - 1 - a + b]` for `x` of shape `[heads, batch, sequence,
 * 2 * sequence]`: in one run of numbers these are `2 * sequence - 1` apart from row to row, so that
 * a slice of rows that are one shorter lines them up.
 */
function alignDistances(x: tf.Tensor4D): tf.Tensor4D {
  const [numHeads, batch, sequence, width] = x.shape;
  const flat = tf.reshape(x, [numHeads * batch, sequence * width]);
  const run = tf.slice(flat, [0, sequence - 1], [numHeads * batch, sequence * (width - 1)]);
  const rows = tf.reshape(run, [numHeads, batch, sequence, width - 1]);
  return tf.slice(rows, [0, 0, 0, 0], [numHeads, batch, sequence, sequence]) as tf.Tensor4D;
}
