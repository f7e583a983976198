import { expect, it } from 'vitest';
import { formatCount, formatDuration, formatSpread } from './format-number.ts';

it('shows shares in points, with their spread if there is one', () => {
  expect(formatSpread(0.8734, 0.0061)).toBe('87.3 ± 0.6');
  expect(formatSpread(1, null)).toBe('100.0');
});

it('shows durations in the unit that fits', () => {
  const shown = [0.4, 38.2, 994, 9_400, 59_499, 59_600, 185_000].map(formatDuration);
  expect(shown).toEqual(['0 ms', '38 ms', '994 ms', '9.4 s', '59.5 s', '1 min 00 s', '3 min 05 s']);
});

it('separates thousands', () => {
  expect(formatCount(22713216)).toBe('22,713,216');
});
