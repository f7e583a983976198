import type { TrainOptions } from '@ptl/core';
import type { TrainingSettings } from '../experiments/training-settings.ts';

/** Says in the trainer's terms how to train on so many rows. */
export function toTrainOptions(
  settings: TrainingSettings,
  rows: number,
): Omit<TrainOptions<unknown>, 'train'> {
  const { warmupShare, evaluateEveryEpochs, ...same } = settings;
  const stepsPerEpoch = Math.ceil(rows / settings.batchSize);
  return {
    ...same,
    warmupSteps: Math.round(warmupShare * settings.epochs * stepsPerEpoch),
    evaluateEvery: { steps: evaluateEveryEpochs * stepsPerEpoch },
  };
}
