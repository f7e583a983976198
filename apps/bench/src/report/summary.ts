import type { RunRecord } from '../records/run-record.ts';
import { mean, median, standardDeviation } from './statistics.ts';

/** The runs of one method on one task, over all seeds. */
export interface MethodSummary {
  readonly method: string;
  readonly runs: readonly RunRecord[];
  /** Mean test score, as a share. */
  readonly mean: number;
  /** Sample standard deviation of the test score; null with one seed. */
  readonly spread: number | null;
  readonly trainable: number;
  readonly stored: number;
  readonly millisecondsPerStep: number | null;
  /** Sum over the seeds. */
  readonly totalMilliseconds: number;
}

export interface TaskSummary {
  readonly task: string;
  readonly kind: RunRecord['identity']['kind'];
  /** Name of the score that is compared. */
  readonly metric: string;
  readonly data: RunRecord['data'];
  readonly methods: readonly MethodSummary[];
}

/** Groups runs by task and method, both in the order in which they come. */
export function summarize(records: readonly RunRecord[]): TaskSummary[] {
  const byTask = groupBy(records, ({ identity }) => identity.task);
  return [...byTask].map(([task, [first, ...rest]]) => ({
    task,
    kind: first.identity.kind,
    metric: first.primaryMetric,
    data: first.data,
    methods: summarizeMethods([first, ...rest]),
  }));
}

/** The score by which a run is compared, as a share. */
export function testScore({ test, primaryMetric }: RunRecord): number {
  return test.scores[primaryMetric] ?? Number.NaN;
}

function summarizeMethods(records: readonly RunRecord[]): MethodSummary[] {
  const byMethod = groupBy(records, ({ identity }) => identity.method);
  return [...byMethod].map(([method, runs]) => {
    const scores = runs.map(testScore);
    const stepTimes = runs.flatMap(({ millisecondsPerStep }) => millisecondsPerStep ?? []);
    return {
      method,
      runs,
      mean: mean(scores),
      spread: standardDeviation(scores),
      trainable: runs[0].parameters.trainable,
      stored: runs[0].parameters.stored,
      millisecondsPerStep: stepTimes.length > 0 ? median(stepTimes) : null,
      totalMilliseconds: runs.reduce((sum, run) => sum + run.totalMilliseconds, 0),
    };
  });
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string) {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
