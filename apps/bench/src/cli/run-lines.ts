import type { RunRecord } from '../records/run-record.ts';
import { displayName } from '../report/display-name.ts';
import { formatDuration, formatPoints } from '../report/format-number.ts';
import { testScore } from '../report/summary.ts';
import type { RunProgress } from '../runner/bench-context.ts';
import type { PlannedRun } from '../runner/plan.ts';
import type { RunListener } from '../runner/run-all.ts';
import type { ProgressLine } from './progress-line.ts';

/** Tells of each run in a line: `[ 3/42] intents, head only, seed 0: accuracy 93.4 in 4.1 s`. */
export class RunLines implements RunListener {
  readonly #total: number;
  readonly #line: ProgressLine;
  readonly #tellsStored: boolean;
  #finished = 0;

  constructor(total: number, line: ProgressLine, tellsStored = true) {
    this.#total = total;
    this.#line = line;
    this.#tellsStored = tellsStored;
  }

  /** Runs that are stored. */
  get finished(): number {
    return this.#finished;
  }

  onProgress(run: PlannedRun, place: number, progress: RunProgress): void {
    const { epoch, epochs, loss, score, millisecondsLeft } = progress;
    const facts = [
      `epoch ${epoch}/${epochs}`,
      `loss ${loss.toFixed(3)}`,
      ...(score === null ? [] : [`development ${formatPoints(score)}`]),
      `${formatDuration(millisecondsLeft)} left`,
    ];
    this.#line.update(`${this.#title(run, place)}: ${facts.join(', ')}`);
  }

  onRecord(run: PlannedRun, place: number, record: RunRecord, isNew: boolean): void {
    this.#finished = place;
    if (!isNew && !this.#tellsStored) return;
    const score = `${record.primaryMetric} ${formatPoints(testScore(record))}`;
    const time = isNew ? `in ${formatDuration(record.totalMilliseconds)}` : 'from an earlier call';
    this.#line.finish(`${this.#title(run, place)}: ${score} ${time}`);
  }

  clear(): void {
    this.#line.clear();
  }

  #title({ dataSet, method, seed }: PlannedRun, place: number): string {
    const count = String(place).padStart(String(this.#total).length);
    return `[${count}/${this.#total}] ${dataSet.name}, ${displayName(method)}, seed ${seed}`;
  }
}
