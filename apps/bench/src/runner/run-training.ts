import { createModel, type EvaluationRecord, type Scores, type TrainEvent, train } from '@ptl/core';
import { trainedMethods } from '../bench-methods.ts';
import type { Experiment } from '../experiments/load-experiment.ts';
import type { CurvePoint, RunOutcome } from '../records/run-record.ts';
import type { BenchContext, RunProgress } from './bench-context.ts';
import { dataFacts } from './data-facts.ts';
import type { PlannedRun } from './plan.ts';
import { taskOf } from './task-of.ts';
import { toTrainOptions } from './to-train-options.ts';

/**
 * Trains a fresh model, takes what did best on the development part, and scores it on the test part
 * once.
 *
 * @throws {@link PtlError} `ABORTED` if the context's signal says so; `LOSS_NOT_FINITE`.
 */
export async function runTraining(
  { dataSet, method, seed, experiment }: PlannedRun & { readonly experiment: Experiment },
  { backbone, signal }: BenchContext,
  onProgress: (progress: RunProgress) => void,
): Promise<RunOutcome> {
  const start = performance.now();
  const task = taskOf(dataSet);
  using model = createModel({
    backbone,
    method: trainedMethods.get(method),
    config: experiment.method,
    task,
    seed,
  });
  const { primaryMetric } = task;
  const report = await train(model, {
    ...toTrainOptions(experiment.training, dataSet.train.length),
    train: dataSet.train,
    validation: dataSet.development,
    restoreBest: true,
    seed,
    signal,
    progress: 'none',
    onEvent: progressTeller(experiment.training.epochs, primaryMetric, onProgress),
  });
  const test = await model.evaluate(dataSet.test);
  return {
    data: dataFacts(dataSet),
    parameters: model.parameters,
    curve: report.history.map(toCurvePoint),
    best: report.best && placeOf(report.best),
    last: { step: report.steps, epoch: report.epochs },
    test: { loss: test.loss, scores: { ...test.scores } },
    primaryMetric,
    millisecondsPerStep: report.millisecondsPerStep,
    totalMilliseconds: performance.now() - start,
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

/** Remembers the latest score, which only some events carry. */
function progressTeller(
  epochs: number,
  metric: string,
  onProgress: (progress: RunProgress) => void,
): (event: TrainEvent) => void {
  let scores: Scores = {};
  return (event) => {
    if (event.type === 'evaluation') scores = event.scores;
    if (event.type !== 'step') return;
    const { epoch, loss, secondsLeft } = event;
    onProgress({
      epoch: Math.min(epochs, Math.floor(epoch) + 1),
      epochs,
      loss,
      score: scores[metric] ?? null,
      millisecondsLeft: secondsLeft * 1000,
    });
  };
}
