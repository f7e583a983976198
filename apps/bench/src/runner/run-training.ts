import type { EvaluationRecord } from '@ptl/core';
import type { CurvePoint, RunOutcome } from '../records/run-record.ts';
import type { BenchContext, RunProgress } from './bench-context.ts';
import { dataFacts } from './data-facts.ts';
import { type Trained, type TrainingRun, trainRun } from './train-run.ts';

/**
 * Trains a fresh model, takes what did best on the development part, and scores it on the test part
 * once.
 *
 * @throws {@link PtlError} `ABORTED` if the context's signal says so; `LOSS_NOT_FINITE`.
 */
export async function runTraining(
  run: TrainingRun,
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
): Promise<RunOutcome> {
  const start = performance.now();
  return await trainRun(run, context, onProgress, async (trained) => {
    const test = await trained.model.evaluate(run.dataSet.test);
    return {
      ...outcomeOf(run, trained),
      test: { loss: test.loss, scores: { ...test.scores } },
      totalMilliseconds: performance.now() - start,
    };
  });
}

/** What a training tells, without the test. */
export function outcomeOf(
  { dataSet }: TrainingRun,
  { model, task, report }: Trained,
): Omit<RunOutcome, 'test' | 'totalMilliseconds'> {
  return {
    data: dataFacts(dataSet),
    parameters: model.parameters,
    curve: report.history.map(toCurvePoint),
    best: report.best && placeOf(report.best),
    last: { step: report.steps, epoch: report.epochs },
    primaryMetric: task.primaryMetric,
    millisecondsPerStep: report.millisecondsPerStep,
    truncatedRows: model.truncatedRows,
  };
}

function toCurvePoint({
  trainLoss,
  validationLoss,
  scores,
  ...place
}: EvaluationRecord): CurvePoint {
  return {
    ...placeOf(place),
    trainLoss,
    developmentLoss: validationLoss ?? Number.NaN,
    scores: { ...scores },
  };
}

function placeOf({ step, epoch }: { readonly step: number; readonly epoch: number }) {
  return { step, epoch };
}
