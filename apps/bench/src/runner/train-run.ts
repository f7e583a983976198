import {
  createModel,
  type Scores,
  type Task,
  type TrainEvent,
  type TrainReport,
  train,
} from '@ptl/core';
import { trainedMethods } from '../bench-methods.ts';
import type { Experiment } from '../experiments/load-experiment.ts';
import type { BenchContext, RunProgress } from './bench-context.ts';
import type { PlannedRun } from './plan.ts';
import { taskOf } from './task-of.ts';
import { toTrainOptions } from './to-train-options.ts';

/** A run that trains something. */
export type TrainingRun = Omit<PlannedRun, 'experiment'> & {
  readonly experiment: Experiment;
  /** In place of the task that data of this kind are for. */
  readonly task?: Task;
};

/** A model with the weights that did best on the development part, and how it came to them. */
export interface Trained {
  readonly model: ReturnType<typeof createBenchModel>;
  readonly task: Task;
  readonly report: TrainReport;
}

/**
 * Trains a fresh model on the train part, takes what did best on the development part, and hands it
 * over; the model ends with that.
 *
 * @param prepare - Changes what the fresh model starts from.
 * @throws {@link PtlError} `ABORTED` if the context's signal says so; `LOSS_NOT_FINITE`.
 */
export async function trainRun<Result>(
  run: TrainingRun,
  { backbone, signal }: Pick<BenchContext, 'backbone' | 'signal'>,
  onProgress: (progress: RunProgress) => void,
  use: (trained: Trained) => Result | Promise<Result>,
  prepare: (model: Trained['model']) => void = () => {},
): Promise<Result> {
  const { dataSet, seed, experiment } = run;
  const task = run.task ?? taskOf(dataSet);
  using model = createBenchModel(run, backbone, task);
  prepare(model);
  const report = await train(model, {
    ...toTrainOptions(experiment.training, dataSet.train.length),
    train: dataSet.train,
    validation: dataSet.development,
    restoreBest: true,
    seed,
    signal,
    progress: 'none',
    onEvent: tellProgress(experiment.training.epochs, task.primaryMetric, onProgress),
  });
  return await use({ model, task, report });
}

function createBenchModel(
  { method, seed, experiment }: TrainingRun,
  backbone: BenchContext['backbone'],
  task: Task,
) {
  const { method: config } = experiment;
  return createModel({ backbone, method: trainedMethods.get(method), config, task, seed });
}

/** Remembers the latest score, which only some events carry. */
export function tellProgress(
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
