import * as tf from '@tensorflow/tfjs';

/*
 * Heads come first in attention's own layout, `[heads, batch, positions, headSize]`: queries, keys
 * and values are then plain slices of one transposed tensor, whatever their numbers of heads.
 */

export interface AttentionShape {
  readonly batch: number;
  /** Heads of queries. */
  readonly numHeads: number;
  /** Heads of keys and values, each shared by as many query heads; `numHeads` if absent. */
  readonly numKeyValueHeads?: number;
  readonly headSize: number;
}

/** `[batch * positions, n * headSize]` to `[n, batch, positions, headSize]`. */
export function toHeads(rows: tf.Tensor2D, { batch, headSize }: AttentionShape): tf.Tensor4D {
  const [count, width] = rows.shape;
  return tf.transpose(
    tf.reshape(rows, [batch, count / batch, width / headSize, headSize]),
    [2, 0, 1, 3],
  ) as tf.Tensor4D;
}

/** The inverse of {@link toHeads}. */
export function fromHeads(heads: tf.Tensor): tf.Tensor2D {
  const [numHeads = 0, batch = 0, positions = 0, headSize = 0] = heads.shape;
  return tf.reshape(tf.transpose(heads, [1, 2, 0, 3]), [batch * positions, numHeads * headSize]);
}

/** `count` heads from the one at `first` on. */
export function takeHeads(heads: tf.Tensor4D, first: number, count: number): tf.Tensor4D {
  const [, batch, positions, headSize] = heads.shape;
  return tf.slice(heads, [first, 0, 0, 0], [count, batch, positions, headSize]);
}

/**
 * `[keyHeads * group, batch, positions, headSize]` to `[keyHeads, batch, group * positions,
 * headSize]`: query heads that share keys become further queries, and nothing is copied for them.
 */
export function groupHeads(heads: tf.Tensor, keyHeads: number): tf.Tensor {
  const [numHeads = 0, batch = 0, positions = 0, headSize = 0] = heads.shape;
  const group = numHeads / keyHeads;
  if (group === 1) return heads;
  const split = tf.reshape(heads, [keyHeads, group, batch, positions * headSize]);
  const turned = tf.transpose(split, [0, 2, 1, 3]);
  return tf.reshape(turned, [keyHeads, batch, group * positions, headSize]);
}

/** The inverse of {@link groupHeads}. */
export function ungroupHeads(grouped: tf.Tensor, numHeads: number): tf.Tensor {
  const [keyHeads = 0, batch = 0, queries = 0, headSize = 0] = grouped.shape;
  const group = numHeads / keyHeads;
  if (group === 1) return grouped;
  const positions = queries / group;
  const split = tf.reshape(grouped, [keyHeads, batch, group, positions * headSize]);
  const turned = tf.transpose(split, [0, 2, 1, 3]);
  return tf.reshape(turned, [numHeads, batch, positions, headSize]);
}

/** Heads of several kinds back into rows, `[batch * positions, kinds * heads * headSize]`. */
export function packHeads(kinds: readonly tf.Tensor[]): tf.Tensor2D {
  return fromHeads(tf.concat([...kinds], 0));
}

/** Puts a prefix, shared or one per row, in front of the positions. */
export function withPrefix(
  heads: tf.Tensor4D,
  prefix: tf.Tensor | undefined,
  { batch, headSize }: AttentionShape,
): tf.Tensor4D {
  if (!prefix) return heads;
  if (prefix.rank === 4)
    return tf.concat([tf.transpose(prefix, [1, 0, 2, 3]) as tf.Tensor4D, heads], 2);
  const [numHeads = 0, prefixLength = 0] = prefix.shape;
  const shared = tf.reshape(prefix, [numHeads, 1, prefixLength, headSize]);
  return tf.concat([tf.broadcastTo(shared, [numHeads, batch, prefixLength, headSize]), heads], 2);
}

/** The positions of the input's own, behind those of the prefix. */
export function withoutPrefix(heads: tf.Tensor, prefixLength: number): tf.Tensor {
  if (prefixLength === 0) return heads;
  const [numHeads = 0, batch = 0, positions = 0, headSize = 0] = heads.shape;
  const rest = positions - prefixLength;
  return tf.slice(heads, [0, 0, prefixLength, 0], [numHeads, batch, rest, headSize]);
}

/** What the prefix positions receive, in the prefix's own shape; summed over rows that share it. */
export function prefixGradient(gradient: tf.Tensor, prefix: tf.Tensor): tf.Tensor {
  const [numHeads = 0, batch = 0, , headSize = 0] = gradient.shape;
  const prefixLength = prefix.shape.at(-2) ?? 0;
  const received = tf.slice(gradient, [0, 0, 0, 0], [numHeads, batch, prefixLength, headSize]);
  return prefix.rank === 4 ? tf.transpose(received, [1, 0, 2, 3]) : tf.sum(received, 1);
}
