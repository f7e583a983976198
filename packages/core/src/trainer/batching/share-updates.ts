/**
 * How often the data sets of a model of several tasks come: `proportional` takes each row once an
 * epoch, `uniform` as many updates of each data set, and a temperature `T` draws a data set of `n`
 * rows in proportion to `n^(1/T)`, between the two for `T > 1`.
 */
export type Sampling = 'proportional' | 'uniform' | { readonly temperature: number };

/** A data set as far as its share of an epoch depends on it. */
export interface DataSetSize {
  readonly rows: number;
  /** Updates of one pass over its rows. */
  readonly updates: number;
}

/**
 * Updates of each data set in one epoch: as many together as one pass over all of them has, at least
 * one of each, and otherwise as near to their shares as whole numbers come.
 */
export function shareUpdates(sizes: readonly DataSetSize[], sampling: Sampling): number[] {
  const updates = sizes.map((size) => size.updates);
  if (sampling === 'proportional') return updates;
  const exponent = sampling === 'uniform' ? 0 : 1 / sampling.temperature;
  const total = sum(updates);
  // Relative to the largest, so that no power of it is infinite.
  const largest = Math.max(...sizes.map(({ rows }) => rows));
  const weights = sizes.map(({ rows }) => (rows / largest) ** exponent);
  const all = sum(weights);
  return toWhole(
    weights.map((weight) => (total * weight) / all),
    total,
  );
}

/** The method of largest remainders; what would get nothing is given one of the largest's. */
function toWhole(shares: readonly number[], total: number): number[] {
  const counts = shares.map(Math.floor);
  const left = total - sum(counts);
  const byRemainder = shares
    .map((share, place) => ({ place, remainder: share - Math.floor(share) }))
    .toSorted((one, other) => other.remainder - one.remainder);
  for (const { place } of byRemainder.slice(0, left)) counts[place] = (counts[place] ?? 0) + 1;
  for (const [place, count] of counts.entries()) {
    if (count > 0) continue;
    const largest = counts.lastIndexOf(Math.max(...counts));
    counts[largest] = (counts[largest] ?? 0) - 1;
    counts[place] = 1;
  }
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
