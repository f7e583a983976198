import { expect, it } from 'vitest';
import { signFlipPValue } from './sign-flip.ts';

// SciPy 1.17.1:
// permutation_test((np.array(differences) - center,), np.mean, permutation_type='samples',
//                  alternative='greater', n_resamples=np.inf).pvalue
const small = [0.03, 0.01, 0.02, -0.005, 0.04, 0.015];
const wide = [0.12, 0.31, 0.05, -0.02, 0.2, 0.11, 0.07, -0.04];
const negative = [-0.02, -0.01, -0.03, -0.025, 0.004, -0.017];

it.each([
  { differences: small, center: 0, expected: 0.03125 },
  { differences: small, center: 0.01, expected: 0.15625 },
  { differences: [0.1, -0.2, 0.05, 0, 0.07], center: 0, expected: 0.5 },
  { differences: [0.1, -0.2, 0.05, 0, 0.07], center: 0.01, expected: 0.5625 },
  { differences: negative, center: 0, expected: 0.984375 },
  { differences: wide, center: 0, expected: 0.01953125 },
  { differences: wide, center: 0.01, expected: 0.02734375 },
])('gives the p-value of SciPy for $differences above $center', (example) => {
  expect(signFlipPValue(example.differences, example.center)).toBe(example.expected);
});

it('takes equal sums for equal, however they are rounded', () => {
  // 0.3 - 0.2 - 0.1 is not zero in floating point.
  expect(signFlipPValue([0.3, -0.2, -0.1])).toBe(signFlipPValue([3, -2, -1]));
});
