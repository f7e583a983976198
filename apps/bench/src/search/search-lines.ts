import type { ProgressLine } from '../cli/progress-line.ts';
import { displayName } from '../report/display-name.ts';
import { formatDuration, formatPoints } from '../report/format-number.ts';
import type { RunProgress } from '../runner/bench-context.ts';
import { describeSetting } from './grid.ts';
import type { SearchListener, Trial } from './run-search.ts';
import type { TrialRecord } from './trial-record.ts';

/** Tells of each training in a line: `slots, P-tuning v2, rung 1 [ 3/36] promptLength 8, seed 100: entityF1 71.2 in 9.3 s`. */
export class SearchLines implements SearchListener {
  readonly #line: ProgressLine;

  constructor(line: ProgressLine) {
    this.#line = line;
  }

  onProgress(trial: Trial, { epoch, epochs, loss, millisecondsLeft }: RunProgress): void {
    const facts = [`epoch ${epoch}/${epochs}`, `loss ${loss.toFixed(3)}`];
    const left = `${formatDuration(millisecondsLeft)} left`;
    this.#line.update(`${title(trial)}: ${facts.join(', ')}, ${left}`);
  }

  onTrial(trial: Trial, record: TrialRecord, isNew: boolean): void {
    const { score, primaryMetric, milliseconds } = record;
    const outcome = score === null ? 'diverged' : `${primaryMetric} ${formatPoints(score)}`;
    const time = isNew ? `in ${formatDuration(milliseconds)}` : 'from an earlier call';
    this.#line.finish(`${title(trial)}: ${outcome} ${time}`);
  }

  clear(): void {
    this.#line.clear();
  }
}

function title({ search, rung, place, of, candidate, run }: Trial): string {
  const count = `[${String(place).padStart(String(of).length)}/${of}]`;
  const { dataSet, method } = search;
  const setting = describeSetting(candidate.setting);
  return `${dataSet.name}, ${displayName(method)}, rung ${rung} ${count} ${setting}, seed ${run.seed}`;
}
