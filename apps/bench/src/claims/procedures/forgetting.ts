import type { TunedModel } from '@ptl/core';
import { loadExperiment } from '../../experiments/load-experiment.ts';
import { dataHash } from '../../records/fingerprint.ts';
import type { RunOutcome } from '../../records/run-record.ts';
import type { BenchContext, RunProgress } from '../../runner/bench-context.ts';
import type { PlannedRun, Procedure } from '../../runner/plan.ts';
import { outcomeOf } from '../../runner/run-training.ts';
import { type TrainingRun, trainRun } from '../../runner/train-run.ts';
import type { ClaimData, ClaimSize } from '../data/claim-data.ts';
import { changeOutcome } from './change-outcome.ts';
import { requireTrained } from './require-trained.ts';

/**
 * Trains the run's task, then another with the same method, from the weights that the first one left
 * of the backbone, and scores the first task again with its own prompt and head.
 *
 * The score is what the second training changed: the first task's score behind it, less that before.
 */
export function forgetting(next: ClaimData) {
  return async (run: PlannedRun, size: ClaimSize): Promise<Procedure> => {
    const dataSet = await next.load(size, run.seed);
    const experiment = await loadExperiment(next.experimentsFor(size), run.method);
    const then = { dataSet, method: run.method, seed: run.seed, experiment };
    return {
      name: 'forgetting',
      settings: { task: dataSet.name, dataHash: dataHash(dataSet), ...experiment },
      run: (first, context, onProgress) =>
        trainInTurn(requireTrained(first), then, context, onProgress),
    };
  };
}

async function trainInTurn(
  first: TrainingRun,
  second: TrainingRun,
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
): Promise<RunOutcome> {
  const start = performance.now();
  return await trainRun(first, context, onProgress, async (trained) => {
    const { model, task } = trained;
    const before = await model.evaluate(first.dataSet.test);
    await trainRun(
      second,
      context,
      onProgress,
      (next) => copyBackbone(next.model, model),
      (next) => copyBackbone(model, next),
    );
    const after = await model.evaluate(first.dataSet.test);
    return {
      ...outcomeOf(first, trained),
      ...changeOutcome(task.primaryMetric, { first: before, second: after }),
      totalMilliseconds: performance.now() - start,
    };
  });
}

/** Gives one model the backbone weights that the other trained: none where all are frozen. */
function copyBackbone(from: TunedModel, to: TunedModel): void {
  for (const [name, variable] of from.trainableVariables) {
    if (name.startsWith('backbone/')) to.trainableVariables.get(name)?.assign(variable);
  }
}
