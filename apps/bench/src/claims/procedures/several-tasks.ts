import { createMultiTaskModel, multiTaskRows, type TunedModel, train } from '@ptl/core';
import { trainedMethods } from '../../bench-methods.ts';
import type { RunOutcome } from '../../records/run-record.ts';
import { mean } from '../../report/statistics.ts';
import type { BenchContext, RunProgress } from '../../runner/bench-context.ts';
import type { PlannedRun, Procedure } from '../../runner/plan.ts';
import { outcomeOf } from '../../runner/run-training.ts';
import { taskOf } from '../../runner/task-of.ts';
import { toTrainOptions } from '../../runner/to-train-options.ts';
import { type Trained, type TrainingRun, tellProgress, trainRun } from '../../runner/train-run.ts';
import { splitTags, type TagTasks } from '../data/split-tags.ts';
import { requireTrained } from './require-trained.ts';

/** The score of both tasks where each was trained alone all the time. */
export const trainedAlone = 'alone';

type OnProgress = (progress: RunProgress) => void;
type Variables = TunedModel['trainableVariables'];

/**
 * Splits tags into two tasks, and trains each twice, the second time from where the first ended and
 * with a fresh optimizer and schedule. The first time both are trained together with one prompt, or,
 * for the score {@link trainedAlone}, each alone. Scores are means over the two tasks.
 */
export function severalTasks(_run: PlannedRun): Promise<Procedure> {
  return Promise.resolve({
    name: 'several tasks',
    settings: { order: 'together, then each alone', tags: 'stations and others' },
    run: (run, context, onProgress) => trainBoth(requireTrained(run), context, onProgress),
  });
}

async function trainBoth(
  run: TrainingRun,
  context: BenchContext,
  onProgress: OnProgress,
): Promise<RunOutcome> {
  const start = performance.now();
  const tasks = splitTags(run.dataSet, run.seed);
  using joint = createJoint(run, tasks, context);
  await trainJoint(joint, run, tasks, context, onProgress);
  const [together, alone]: [number[], number[]] = [[], []];
  let outcome: Omit<RunOutcome, 'test' | 'totalMilliseconds'> | undefined;
  for (const name of ['stations', 'others'] as const) {
    const own = { ...run, dataSet: tasks[name] };
    using shared = joint.taskModel(name);
    together.push(await trainOn(own, shared.trainableVariables, context, onProgress));
    await trainRun(own, context, onProgress, async (first) => {
      outcome = outcomeOf(run, first);
      alone.push(await trainOn(own, first.model.trainableVariables, context, onProgress));
    });
  }
  if (!outcome) throw new RangeError('There are tasks.');
  const scores = { [outcome.primaryMetric]: mean(together), [trainedAlone]: mean(alone) };
  return {
    ...outcome,
    test: { loss: null, scores },
    totalMilliseconds: performance.now() - start,
  };
}

function createJoint(
  { method, seed, experiment }: TrainingRun,
  { stations, others }: TagTasks,
  { backbone }: BenchContext,
) {
  return createMultiTaskModel({
    backbone,
    method: trainedMethods.get(method),
    config: experiment.method,
    tasks: { stations: taskOf(stations), others: taskOf(others) },
    seed,
  });
}

async function trainJoint(
  joint: ReturnType<typeof createJoint>,
  { seed, experiment: { training } }: TrainingRun,
  { stations, others }: TagTasks,
  { signal }: BenchContext,
  onProgress: OnProgress,
): Promise<void> {
  const rows = stations.train.length + others.train.length;
  await train(joint, {
    ...toTrainOptions(training, rows),
    train: multiTaskRows({ stations: stations.train, others: others.train }),
    validation: multiTaskRows({ stations: stations.development, others: others.development }),
    restoreBest: true,
    seed,
    signal,
    progress: 'none',
    onEvent: tellProgress(training.epochs, joint.primaryMetric, onProgress),
  });
}

/** Trains a task from these values, and tests it. */
async function trainOn(
  run: TrainingRun,
  from: Variables,
  context: BenchContext,
  onProgress: OnProgress,
): Promise<number> {
  const test = async ({ model, task }: Trained) =>
    (await model.evaluate(run.dataSet.test)).scores[task.primaryMetric] ?? Number.NaN;
  return await trainRun(run, context, onProgress, test, ({ trainableVariables }) => {
    for (const [name, variable] of trainableVariables) {
      const value = from.get(name);
      if (value) variable.assign(value);
    }
  });
}
