/**
 * How far two finite numbers may be apart: `|actual - expected| <= absolute + relative * |expected|`.
 */
export interface Tolerance {
  /** 1e-5 if absent. */
  readonly relative?: number;
  /** 1e-6 if absent. */
  readonly absolute?: number;
}

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * A vitest matcher for flat arrays of numbers. NaN is close to nothing, and neither is an array of
 * another length.
 *
 * @example
 * ```ts
 * expect.extend({ toBeAllClose });
 * expect(tensor.dataSync()).toBeAllClose([1, 2, 3], { absolute: 1e-4 });
 * ```
 */
export function toBeAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 1e-5, absolute = 1e-6 }: Tolerance = {},
): MatcherResult {
  if (actual.length !== expected.length) {
    const message = () => `expected ${expected.length} numbers, got ${actual.length}`;
    return { pass: false, message };
  }
  const isClose = (value: number, index: number): boolean => {
    const target = expected[index] ?? Number.NaN;
    const limit = absolute + relative * Math.abs(target);
    return value === target || (Number.isFinite(target) && Math.abs(value - target) <= limit);
  };
  const far = Array.from(actual).flatMap((value, index) => (isClose(value, index) ? [] : [index]));
  const pass = far.length === 0;
  return { pass, message: () => (pass ? 'expected some number to differ' : describe(far)) };

  function describe(places: readonly number[]): string {
    const shown = places.slice(0, 5).map((at) => `  [${at}]: ${actual[at]}, not ${expected[at]}`);
    return `${places.length} of ${expected.length} numbers are not close:\n${shown.join('\n')}`;
  }
}

declare module 'vitest' {
  // The name and the parameter are those of the interface it adds to.
  interface Matchers<T> {
    toBeAllClose(expected: ArrayLike<number>, tolerance?: Tolerance): T;
  }
}
