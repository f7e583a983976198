import { type ClassLabel, requireSameLength } from './class-counts.ts';

/**
 * Share of predictions that equal the gold label, in [0, 1]; 0 for no rows.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the lengths differ.
 */
export function accuracy(predicted: readonly ClassLabel[], gold: readonly ClassLabel[]): number {
  requireSameLength(predicted, gold, 'labels');
  if (gold.length === 0) return 0;
  const correct = gold.filter((label, index) => label === predicted[index]);
  return correct.length / gold.length;
}
