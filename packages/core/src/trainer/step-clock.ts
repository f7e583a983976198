/** Times of a run, of which parts may lie in processes before this one. */
export interface RunTimes {
  readonly milliseconds: number;
  readonly millisecondsPerStep: number;
}

/** Measures steps, and guesses how long the rest takes. */
export class StepClock {
  readonly #before: RunTimes;
  readonly #start = performance.now();
  readonly #durations: number[] = [];
  #stepStart = 0;
  #rows = 0;
  #stepping = 0;

  /** @param before - What the run took before it was resumed. */
  constructor(before: RunTimes) {
    this.#before = before;
  }

  startStep(): void {
    this.#stepStart = performance.now();
  }

  endStep(rows: number): void {
    const duration = performance.now() - this.#stepStart;
    this.#durations.push(duration);
    this.#stepping += duration;
    this.#rows += rows;
  }

  get times(): RunTimes {
    return {
      milliseconds: this.#before.milliseconds + performance.now() - this.#start,
      millisecondsPerStep: median(this.#durations) ?? this.#before.millisecondsPerStep,
    };
  }

  /** Rows per second of training, without evaluations. */
  get rowsPerSecond(): number {
    return (this.#rows * 1000) / Math.max(this.#stepping, 1);
  }

  /** Evaluations are taken to come as often as so far. */
  secondsLeft(steps: number): number {
    const elapsed = performance.now() - this.#start;
    return ((elapsed / Math.max(this.#durations.length, 1)) * steps) / 1000;
  }
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper !== undefined && lower !== undefined ? (lower + upper) / 2 : undefined;
}
