import { expect, it } from 'vitest';
import { mean, median, standardDeviation } from './statistics.ts';

// numpy: np.std([2, 4, 4, 4, 5, 5, 7, 9], ddof=1), np.median of the first seven.
it('agrees with numpy', () => {
  const values = [9, 2, 4, 5, 4, 7, 4, 5];
  expect(mean(values)).toBe(5);
  expect(standardDeviation(values)).toBeCloseTo(2.138089935299395, 12);
  expect(median(values)).toBe(4.5);
  expect(median(values.slice(1))).toBe(4);
});

it('knows no spread of a single value', () => {
  expect(standardDeviation([0.5])).toBeNull();
  expect(median([3])).toBe(3);
});
