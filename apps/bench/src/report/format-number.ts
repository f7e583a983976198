/** A share as points of a hundred: `0.873` is `87.3`. */
export function formatPoints(share: number): string {
  return (share * 100).toFixed(1);
}

/** A mean with its spread, both in points: `87.3 ± 0.6`. */
export function formatSpread(mean: number, spread: number | null): string {
  return spread === null ? formatPoints(mean) : `${formatPoints(mean)} ± ${formatPoints(spread)}`;
}

/** With thousands separated by commas. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Milliseconds for a person to read: `38 ms`, `9.4 s`, `3 min 05 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 995) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.5) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
