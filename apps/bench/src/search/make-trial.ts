import { isPtlError } from '@ptl/core';
import type { BenchContext, RunProgress } from '../runner/bench-context.ts';
import { taskOf } from '../runner/task-of.ts';
import { type TrainingRun, trainRun } from '../runner/train-run.ts';
import type { TrialOutcome } from './trial-record.ts';

/**
 * Trains a setting from its start and tells how it did on the development part; a loss that became
 * no number is an outcome too.
 *
 * @throws {@link PtlError} `ABORTED` if the context's signal says so.
 */
export async function makeTrial(
  run: TrainingRun,
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
): Promise<TrialOutcome> {
  const start = performance.now();
  const { primaryMetric } = taskOf(run.dataSet);
  const best = await bestOf(run, context, onProgress);
  return {
    primaryMetric,
    score: best?.scores[primaryMetric] ?? null,
    loss: best?.validationLoss ?? null,
    bestEpoch: best?.epoch ?? null,
    milliseconds: performance.now() - start,
  };
}

async function bestOf(
  run: TrainingRun,
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
) {
  try {
    return await trainRun(run, context, onProgress, ({ report }) => report.best);
  } catch (error) {
    if (isPtlError(error, 'LOSS_NOT_FINITE')) return null;
    throw error;
  }
}
