/** Weight of the newest step in the moving mean. */
const newest = 0.1;

/** Measures how fast a run goes. */
export class Pace {
  readonly #started = performance.now();
  readonly #durations: number[] = [];
  #meanMs = 0;
  #meanRows = 0;

  /** Milliseconds of each step so far. */
  get durations(): readonly number[] {
    return this.#durations;
  }

  add(milliseconds: number, rows: number): void {
    const weight = this.#durations.length === 0 ? 1 : newest;
    this.#meanMs += weight * (milliseconds - this.#meanMs);
    this.#meanRows += weight * (rows - this.#meanRows);
    this.#durations.push(milliseconds);
  }

  /** Rows per second and seconds left, by the mean of the last steps. */
  rates(stepsLeft: number): { readonly rowsPerSecond: number; readonly secondsLeft: number } {
    return {
      rowsPerSecond: (1000 * this.#meanRows) / this.#meanMs,
      secondsLeft: (stepsLeft * this.#meanMs) / 1000,
    };
  }

  /** Milliseconds since it was made. */
  elapsed(): number {
    return performance.now() - this.#started;
  }
}

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [below = 0, above = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (below + above) / 2 : above;
}
