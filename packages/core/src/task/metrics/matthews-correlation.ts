import { type ClassLabel, countClasses } from './class-counts.ts';

/**
 * Matthews correlation of predictions and gold labels for any number of classes, in [-1, 1].
 *
 * With `cₖ` right predictions, `pₖ` predictions and `gₖ` gold labels of class `k` among `n` rows:
 * `(n Σcₖ - Σpₖgₖ) / sqrt((n² - Σpₖ²)(n² - Σgₖ²))`. It is 0 where one side knows a single class,
 * as in scikit-learn.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the lengths differ.
 * @see Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient, 2004.
 */
export function matthewsCorrelation(
  predicted: readonly ClassLabel[],
  gold: readonly ClassLabel[],
): number {
  const rows = gold.length;
  let correct = 0;
  let chance = 0;
  let predictedSquares = 0;
  let goldSquares = 0;
  for (const count of countClasses(predicted, gold).values()) {
    correct += count.correct;
    chance += count.predicted * count.gold;
    predictedSquares += count.predicted ** 2;
    goldSquares += count.gold ** 2;
  }
  const spread = Math.sqrt(rows ** 2 - predictedSquares) * Math.sqrt(rows ** 2 - goldSquares);
  return spread === 0 ? 0 : (rows * correct - chance) / spread;
}
