import { majorityPredictions } from '../baselines/majority.ts';
import type { RunOutcome } from '../records/run-record.ts';
import { dataFacts } from './data-facts.ts';
import type { PlannedRun } from './plan.ts';
import { taskOf } from './task-of.ts';

/** Scores the most frequent label of the training rows on the test part. */
export function runMajority({ dataSet }: PlannedRun): RunOutcome {
  const start = performance.now();
  const task = taskOf(dataSet);
  const scores = task.score(majorityPredictions(dataSet), dataSet.test);
  return {
    data: dataFacts(dataSet),
    parameters: { trainable: 0, stored: 0 },
    curve: [],
    best: null,
    last: null,
    test: { loss: null, scores: { ...scores } },
    primaryMetric: task.primaryMetric,
    millisecondsPerStep: null,
    totalMilliseconds: performance.now() - start,
    truncatedRows: 0,
  };
}
