/** The largest distance between two lists of values, place by place; infinite if they differ in length. */
export function largestDifference(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length) return Number.POSITIVE_INFINITY;
  return left.reduce(
    (largest, value, place) => Math.max(largest, Math.abs(value - (right[place] ?? Number.NaN))),
    0,
  );
}
