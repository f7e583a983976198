import * as tf from '@tensorflow/tfjs';

/*
 * Heads come first in attention's own layout, `[heads, batch, positions, headSize]`: queries, keys
 * and values are then plain slices of one transposed tensor, whatever their numbers of heads.
 */

export interface AttentionShape {
  readonly batch: number;
  readonly numHeads: number;
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

/** The heads of one kind, which is the `index`-th of those that lie side by side. */
export function takeHeads(heads: tf.Tensor4D, index: number, shape: AttentionShape): tf.Tensor4D {
  const [, batch, positions, headSize] = heads.shape;
  const { numHeads } = shape;
  return tf.slice(heads, [index * numHeads, 0, 0, 0], [numHeads, batch, positions, headSize]);
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
