import * as tf from '@tensorflow/tfjs';

/*
 * Heads come first in attention's own layout, `[heads, batch, sequence, headSize]`: queries, keys
 * and values are then plain slices of one transposed tensor, whatever their numbers of heads.
 */

export interface AttentionShape {
  readonly batch: number;
  readonly sequence: number;
  readonly numHeads: number;
  readonly headSize: number;
}

/** `[batch * sequence, n * headSize]` to `[n, batch, sequence, headSize]`. */
export function toHeads(rows: tf.Tensor2D, shape: AttentionShape): tf.Tensor4D {
  const { batch, sequence, headSize } = shape;
  return tf.transpose(
    tf.reshape(rows, [batch, sequence, -1, headSize]),
    [2, 0, 1, 3],
  ) as tf.Tensor4D;
}

/** The inverse of {@link toHeads}. */
export function fromHeads(heads: tf.Tensor, shape: AttentionShape): tf.Tensor2D {
  return tf.reshape(tf.transpose(heads, [1, 2, 0, 3]), [shape.batch * shape.sequence, -1]);
}

/** The queries (0), keys (1) or values (2) among heads that lie side by side. */
export function takeHeads(heads: tf.Tensor4D, index: number, shape: AttentionShape): tf.Tensor4D {
  const { batch, sequence, numHeads, headSize } = shape;
  return tf.slice(heads, [index * numHeads, 0, 0, 0], [numHeads, batch, sequence, headSize]);
}

/** Heads of several kinds back into rows, `[batch * sequence, kinds * heads * headSize]`. */
export function packHeads(kinds: readonly tf.Tensor[], shape: AttentionShape): tf.Tensor2D {
  return fromHeads(tf.concat([...kinds], 0), shape);
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
export function withoutPrefix(heads: tf.Tensor, { sequence }: AttentionShape): tf.Tensor {
  const [numHeads = 0, batch = 0, positions = 0, headSize = 0] = heads.shape;
  if (positions === sequence) return heads;
  return tf.slice(heads, [0, 0, positions - sequence, 0], [numHeads, batch, sequence, headSize]);
}

/** What the prefix positions receive, in the prefix's own shape; summed over rows that share it. */
export function prefixGradient(
  gradient: tf.Tensor,
  prefix: tf.Tensor,
  { sequence }: AttentionShape,
): tf.Tensor {
  const [numHeads = 0, batch = 0, positions = 0, headSize = 0] = gradient.shape;
  const received = tf.slice(
    gradient,
    [0, 0, 0, 0],
    [numHeads, batch, positions - sequence, headSize],
  );
  return prefix.rank === 4 ? tf.transpose(received, [1, 0, 2, 3]) : tf.sum(received, 1);
}
