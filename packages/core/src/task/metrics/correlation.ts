import { requireSameLength } from './class-counts.ts';

/**
 * Pearson's correlation of predicted and gold values, in [-1, 1]; 0 where one side does not vary, for
 * which there is none.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the lengths differ.
 */
export function pearsonCorrelation(predicted: readonly number[], gold: readonly number[]): number {
  requireSameLength(predicted, gold, 'values');
  const [own, other] = [centered(predicted), centered(gold)];
  const together = own.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
  const spread = Math.sqrt(sumOfSquares(own) * sumOfSquares(other));
  return spread === 0 ? 0 : Math.max(-1, Math.min(1, together / spread));
}

/**
 * Spearman's correlation: Pearson's of the ranks, where equal values share the mean of theirs.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the lengths differ.
 */
export function spearmanCorrelation(predicted: readonly number[], gold: readonly number[]): number {
  return pearsonCorrelation(ranks(predicted), ranks(gold));
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, place) => place).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranked = values.map(() => 0);
  let start = 0;
  while (start < order.length) {
    let end = start;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (const place of order.slice(start, end)) ranked[place] = (start + end - 1) / 2;
    start = end;
  }
  return ranked;
}

function centered(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return values.map((value) => value - mean);
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
