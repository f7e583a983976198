import { type ClassLabel, countClasses } from './class-counts.ts';

/**
 * Unweighted mean of the classes' F1, in [0, 1]; 0 for no rows.
 *
 * The mean goes over every class that was predicted or is right somewhere, as in scikit-learn: a
 * class that is only ever predicted counts with F1 = 0, one that never occurs does not count.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the lengths differ.
 */
export function macroF1(predicted: readonly ClassLabel[], gold: readonly ClassLabel[]): number {
  const counts = countClasses(predicted, gold);
  if (counts.size === 0) return 0;
  let sum = 0;
  for (const count of counts.values()) {
    sum += (2 * count.correct) / (count.predicted + count.gold);
  }
  return sum / counts.size;
}
