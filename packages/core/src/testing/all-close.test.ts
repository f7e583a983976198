import { expect, it } from 'vitest';
import { toBeAllClose } from './all-close.ts';

expect.extend({ toBeAllClose });

it('accepts numbers within the tolerance, and only those', () => {
  expect([1, 100]).toBeAllClose([1.01, 101], { absolute: 0, relative: 0.011 });
  expect([1, 100]).not.toBeAllClose([1.01, 101], { absolute: 0, relative: 0.0095 });
  expect(Float32Array.of(0)).toBeAllClose([0.1], { absolute: 0.11 });
  expect([0]).not.toBeAllClose([0.1], { absolute: 0.09 });
});

it('takes NaN for close to nothing, and an infinity for close to itself', () => {
  expect([Number.NaN]).not.toBeAllClose([Number.NaN]);
  expect([1]).not.toBeAllClose([Number.NaN]);
  expect([Number.POSITIVE_INFINITY]).toBeAllClose([Number.POSITIVE_INFINITY]);
  expect([1]).not.toBeAllClose([Number.POSITIVE_INFINITY]);
});

it('refuses arrays of different lengths', () => {
  expect([1, 2]).not.toBeAllClose([1]);
  expect([]).not.toBeAllClose([1]);
});

it('names the numbers that differ', () => {
  expect(toBeAllClose([1, 2], [1, 3]).message()).toBe(
    '1 of 2 numbers are not close:\n  [1]: 2, not 3',
  );
});
