/** Logits of each row, or why there are none. */
export type LogitsOrFailure = readonly ArrayLike<number>[] | string;

export type Direction = 'PEFT to PTL' | 'PTL to PEFT' | 'PEFT to PTL to PEFT';

/** How one adapter fared in one direction. */
export interface Comparison {
  readonly name: string;
  readonly direction: Direction;
  /** Largest absolute difference of a logit; Infinity where rows or labels are missing. */
  readonly difference: number;
  /** Why there were no logits to compare. */
  readonly failure: string | null;
  readonly agrees: boolean;
}

/** How far apart logits of order 1 may be in float32. */
export const tolerance = 1e-5;

export function compareLogits(
  name: string,
  direction: Direction,
  actual: LogitsOrFailure,
  expected: LogitsOrFailure,
): Comparison {
  const failure = [actual, expected].find((side) => typeof side === 'string') ?? null;
  const difference =
    typeof actual === 'string' || typeof expected === 'string'
      ? Number.POSITIVE_INFINITY
      : largestDifference(actual, expected);
  return { name, direction, difference, failure, agrees: difference <= tolerance };
}

/** Largest absolute difference of two logits; Infinity where rows or labels are missing. */
export function largestDifference(
  actual: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
): number {
  const sameRows =
    actual.length === expected.length &&
    actual.every((row, index) => row.length === expected[index]?.length);
  if (!sameRows || actual.length === 0) return Number.POSITIVE_INFINITY;
  const differences = actual.flatMap((row, index) =>
    Array.from(row, (value, column) => Math.abs(value - (expected[index]?.[column] ?? Number.NaN))),
  );
  // Not a number is never close.
  return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...differences);
}
