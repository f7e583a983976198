import { median, quantile } from '../report/statistics.ts';

/** Median and the middle half of the values, in milliseconds: `254 ms (250-261)`. */
export function formatTimes(times: readonly number[]): string {
  const [low, high] = [quantile(times, 0.25), quantile(times, 0.75)];
  return `${median(times).toFixed(0)} ms (${low.toFixed(0)}-${high.toFixed(0)})`;
}

/** How many times as long the first takes as the second, by medians; empty without a second. */
export function formatRatio(own: readonly number[], other: readonly number[] | undefined): string {
  return other ? (median(own) / median(other)).toFixed(2) : '';
}
