import * as tf from '@tensorflow/tfjs';
import type { ScoreBias } from '../../ops/attention-options.ts';
import { lookup } from '../../ops/lookup.ts';
import type { BucketSpec } from './seq2seq-spec.ts';

/** The positions between which a bias is made. */
export interface RelativeReach {
  /** Positions of each row's own. */
  readonly sequence: number;
  /** Positions of the prefix in front of them. */
  readonly prefixLength: number;
  /**
   * How many of these positions each row uses, right in front of its own; null where the prefix
   * stands at no distance, and gets no bias.
   */
  readonly used: readonly number[] | null;
}

/**
 * What scores get from the distance between query and key, `[heads, rows, sequence, prefixLength +
 * sequence]`, with one row where all have the same.
 *
 * @param table - `[buckets, heads]`.
 * @param isBidirectional - Whether keys behind a query have buckets of their own, as in an encoder.
 * @see Raffel et al. (2019), arXiv:1910.10683, 2.1
 */
export function relativeBias(
  table: { readonly values: tf.Tensor2D; readonly trained: boolean },
  spec: BucketSpec,
  isBidirectional: boolean,
  { sequence, prefixLength, used }: RelativeReach,
): ScoreBias {
  const { values, trained } = table;
  const lengths = distinct(used);
  const front = used ? prefixLength : 0;
  const width = front + sequence;
  const numbers = bucketsOf(sequence, front, spec, isBidirectional);
  const buckets = Int32Array.from({ length: lengths.length * sequence * width }, (_, index) => {
    const own = lengths[Math.floor(index / (sequence * width))] ?? 0;
    const query = Math.floor(index / width) % sequence;
    const column = index % width;
    // Unused positions lie between the prefix and the row's own, and are masked.
    const distance = column < front ? column - own - query : column - front - query;
    return numbers[distance + width] ?? 0;
  });
  const rows = tf.reshape(lookup(values, buckets, trained), [lengths.length, sequence, width, -1]);
  const bias = tf.transpose(rows, [3, 0, 1, 2]) as tf.Tensor4D;
  if (front === prefixLength) return { values: bias, trained };
  const none: tf.Tensor4D = tf.zeros([bias.shape[0], lengths.length, sequence, prefixLength]);
  return { values: tf.concat([none, bias], 3), trained };
}

/** Place `front + sequence + distance` holds the bucket of a distance between any two positions. */
function bucketsOf(
  sequence: number,
  front: number,
  spec: BucketSpec,
  isBidirectional: boolean,
): Int32Array {
  const width = front + sequence;
  return Int32Array.from({ length: 2 * width }, (_, place) =>
    bucketOf(place - width, spec, isBidirectional),
  );
}

/** One length where all rows have the same. */
function distinct(used: readonly number[] | null): readonly number[] {
  const lengths = used ?? [0];
  return new Set(lengths).size === 1 ? lengths.slice(0, 1) : lengths;
}

/**
 * The bucket of a key `distance` positions behind a query: near distances have one each, far ones
 * share buckets on a logarithmic scale. Without buckets for keys behind the query, these count as
 * no distance.
 *
 * Rounded to float32 at each step, as the models were trained: a bucket may begin just there.
 */
export function bucketOf(
  distance: number,
  { buckets, maxDistance }: BucketSpec,
  isBidirectional: boolean,
): number {
  const count = isBidirectional ? Math.floor(buckets / 2) : buckets;
  const first = isBidirectional && distance > 0 ? count : 0;
  const far = isBidirectional ? Math.abs(distance) : Math.max(0, -distance);
  const exact = Math.floor(count / 2);
  if (far < exact) return first + far;
  const ratio = Math.fround(Math.log(Math.fround(far / exact)));
  const share = Math.fround(ratio / Math.fround(Math.log(maxDistance / exact)));
  const bucket = exact + Math.trunc(Math.fround(share * (count - exact)));
  return first + Math.min(bucket, count - 1);
}
