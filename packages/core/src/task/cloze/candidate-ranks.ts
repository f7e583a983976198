import * as tf from '@tensorflow/tfjs';

/** What is kept of the candidates' scores, which are too many to download. */
export interface RankedRow {
  /** From 1 for the likeliest candidate; null where the row has no object. */
  readonly rank: number | null;
  /** Of the object; null where the row has none. */
  readonly logProbability: number | null;
  /** Places of the likeliest candidates, and the logarithms of their probabilities, highest first. */
  readonly top: readonly { readonly place: number; readonly logProbability: number }[];
}

/**
 * Ranks the object of each row among the candidates, and finds the likeliest of these. Of equal ones
 * the first comes first.
 *
 * @param logits - `[rows, candidates]`.
 * @param targets - `[rows]`: places of the objects; negative where a row has none.
 * @returns `[rows, 2 + 2 top]`: rank, the object's logit, the highest logits, and their places.
 */
export function rankCandidates(logits: tf.Tensor2D, targets: Int32Array, top: number): tf.Tensor2D {
  const [rows, candidates] = logits.shape;
  const known = targets.map((target) => Math.max(0, target));
  const places = known.map((target, row) => row * candidates + target);
  const own = tf.gather(tf.reshape(logits, [-1]), tf.tensor1d(places, 'int32'));
  const ours = tf.reshape(own, [rows, 1]);
  const isBefore = tf.less(
    tf.range(0, candidates, 1, 'int32'),
    tf.tensor2d(known, [rows, 1], 'int32'),
  );
  const isAhead = tf.logicalOr(
    tf.greater(logits, ours),
    tf.logicalAnd(tf.equal(logits, ours), isBefore),
  );
  const rank = tf.add(tf.sum(tf.cast(isAhead, 'float32'), 1, true), 1);
  const { values, indices } = tf.topk(logits, Math.min(top, candidates), true);
  return tf.concat([rank, ours, values, tf.cast(indices, 'float32')], 1) as tf.Tensor2D;
}

/** Reads what {@link rankCandidates} made of one row. */
export function readRanks(kept: Float32Array, hasObject: boolean): RankedRow {
  const [rank = 0, logProbability = 0] = kept;
  const top = (kept.length - 2) / 2;
  const [values, places] = [kept.subarray(2, 2 + top), kept.subarray(2 + top)];
  return {
    rank: hasObject ? rank : null,
    logProbability: hasObject ? logProbability : null,
    top: Array.from(values, (value, index) => ({
      place: places[index] ?? 0,
      logProbability: value,
    })),
  };
}
