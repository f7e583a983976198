/** Places of rows, shortest first, cut into batches that so need little padding. */
export function batchesByLength(lengths: readonly number[], batchSize: number): number[][] {
  const length = (place: number): number => lengths[place] ?? 0;
  const order = lengths.map((_, place) => place).sort((a, b) => length(a) - length(b) || a - b);
  const batches: number[][] = [];
  for (let start = 0; start < order.length; start += batchSize) {
    batches.push(order.slice(start, start + batchSize));
  }
  return batches;
}
