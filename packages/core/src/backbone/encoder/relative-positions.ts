import type { RelativeSpec } from './disentangled-spec.ts';

/** Rows of the table of relative positions for each distance between two positions of a sequence. */
export interface RelativeRows {
  /** `[2 * sequence]`: place `i` is for a query `i - (sequence - 1)` positions behind its key. */
  readonly ascending: Int32Array;
  /** `[2 * sequence]`: place `i` is for a query `sequence - 1 - i` positions behind its key. */
  readonly descending: Int32Array;
}

export function relativeRows(sequence: number, relative: RelativeSpec): RelativeRows {
  const row = (distance: number): number => {
    const place = relativeBucket(distance, relative) + relative.span;
    return Math.min(Math.max(place, 0), 2 * relative.span - 1);
  };
  const length = 2 * sequence;
  return {
    ascending: Int32Array.from({ length }, (_, index) => row(index - (sequence - 1))),
    descending: Int32Array.from({ length }, (_, index) => row(sequence - 1 - index)),
  };
}

/**
 * The bucket of a distance `d`: `d` itself up to `mid = buckets / 2`, and beyond it
 * `±(mid + ⌈(mid - 1) log(|d| / mid) / log((maxDistance - 1) / mid)⌉)`.
 *
 * Rounded to float32 at each step, as the models were trained: a bucket may begin just there.
 */
export function relativeBucket(
  distance: number,
  { buckets, maxDistance }: Pick<RelativeSpec, 'buckets' | 'maxDistance'>,
): number {
  const mid = Math.floor(buckets / 2);
  const far = Math.abs(distance);
  if (buckets === 0 || far <= mid) return distance;
  const share = Math.fround(logarithm(far / mid) / logarithm((maxDistance - 1) / mid));
  const bucket = Math.ceil(Math.fround(share * (mid - 1))) + mid;
  return Math.sign(distance) * bucket;
}

function logarithm(value: number): number {
  return Math.fround(Math.log(Math.fround(value)));
}
