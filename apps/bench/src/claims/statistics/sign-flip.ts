/** Beyond this the arrangements of signs are too many to be gone through. */
export const maxPairs = 20;

/** Sums that differ by less are taken for equal: they are the same values, added up in another order. */
const tolerance = 1e-9;

/**
 * P-value of the exact sign-flip permutation test of paired differences: the share of all `2^n`
 * arrangements of signs whose sum is at least that of the differences. It is the probability of a
 * mean this large where each difference is as likely to lie as far above `center` as below it.
 *
 * Assumes nothing of how differences are distributed but that symmetry. With `n` pairs it is never
 * below `2^-n`.
 *
 * @param differences - At most {@link maxPairs}.
 * @param center - The value that the mean is tested to exceed.
 * @see Fisher (1935), The Design of Experiments, section 21.
 */
export function signFlipPValue(differences: readonly number[], center = 0): number {
  const shifted = differences.map((difference) => difference - center);
  const sizes = shifted.map(Math.abs);
  const observed = sum(shifted) - tolerance;
  let atLeast = 0;
  const arrangements = 2 ** sizes.length;
  for (let signs = 0; signs < arrangements; signs++) {
    if (signedSum(sizes, signs) >= observed) atLeast += 1;
  }
  return atLeast / arrangements;
}

/** Bit `i` of `signs` says whether value `i` counts as negative. */
function signedSum(sizes: readonly number[], signs: number): number {
  return sizes.reduce((total, size, bit) => total + ((signs >> bit) & 1 ? -size : size), 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
