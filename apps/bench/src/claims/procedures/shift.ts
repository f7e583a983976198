import type { TaggedRow, TextRow } from '@ptl/core';
import type { RunOutcome } from '../../records/run-record.ts';
import type { BenchContext, RunProgress } from '../../runner/bench-context.ts';
import type { PlannedRun, Procedure } from '../../runner/plan.ts';
import { outcomeOf } from '../../runner/run-training.ts';
import { type TrainingRun, trainRun } from '../../runner/train-run.ts';
import { isAboutDevices } from '../data/device-sentences.ts';
import { changeOutcome } from './change-outcome.ts';
import { requireTrained } from './require-trained.ts';

/**
 * Trains as ever, and scores the test rows of the domain trained on apart from those of the other.
 *
 * The score is what the shift costs: that on the other domain, less that on the own one.
 */
export function shift(_run: PlannedRun): Promise<Procedure> {
  return Promise.resolve({
    name: 'shift',
    settings: { elsewhere: 'sentences about devices' },
    run: (run, context, onProgress) => trainAndShift(requireTrained(run), context, onProgress),
  });
}

async function trainAndShift(
  run: TrainingRun,
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
): Promise<RunOutcome> {
  const start = performance.now();
  const { test } = run.dataSet;
  return await trainRun(run, context, onProgress, async (trained) => {
    const { model, task } = trained;
    const here = await model.evaluate(test.filter((row) => !isElsewhere(row)));
    const there = await model.evaluate(test.filter(isElsewhere));
    return {
      ...outcomeOf(run, trained),
      ...changeOutcome(task.primaryMetric, { first: here, second: there }),
      totalMilliseconds: performance.now() - start,
    };
  });
}

function isElsewhere(row: TextRow | TaggedRow): boolean {
  return 'text' in row && isAboutDevices(row);
}
