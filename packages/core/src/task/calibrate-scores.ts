import { softmax } from './softmax.ts';

/**
 * Contextual calibration: divides the probability of each label by that which the model gives it,
 * on average, for texts that say nothing.
 *
 * @param logits - `[rows, labels]`, row-major.
 * @param contentFree - Logits of the texts that say nothing, `[labels]` each.
 * @returns Logarithms, up to a number that is the same for all labels of a row.
 * @see Zhao et al. (2021), arXiv:2102.09690
 */
export function calibrateScores(
  logits: Float32Array,
  contentFree: readonly ArrayLike<number>[],
): Float32Array {
  const probabilities = contentFree.map(softmax);
  const labels = probabilities[0]?.length ?? 1;
  const expected = Array.from({ length: labels }, (_, label) => {
    const sum = probabilities.reduce((total, row) => total + (row[label] ?? 0), 0);
    return Math.log(sum / probabilities.length);
  });
  return logits.map((value, place) => value - (expected[place % labels] ?? 0));
}
