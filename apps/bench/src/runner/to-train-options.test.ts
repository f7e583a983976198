import { expect, it } from 'vitest';
import { toTrainOptions } from './to-train-options.ts';

it('counts epochs and shares in steps of the data at hand', () => {
  const settings = {
    epochs: 20,
    batchSize: 16,
    learningRate: 0.01,
    weightDecay: 0.1,
    schedule: 'cosine',
    warmupShare: 0.1,
    evaluateEveryEpochs: 5,
  } as const;
  // 80 rows are 5 steps, 81 are 6.
  expect(toTrainOptions(settings, 80)).toEqual({
    epochs: 20,
    batchSize: 16,
    learningRate: 0.01,
    weightDecay: 0.1,
    schedule: 'cosine',
    warmupSteps: 10,
    evaluateEvery: { steps: 25 },
  });
  expect(toTrainOptions(settings, 81)).toMatchObject({
    warmupSteps: 12,
    evaluateEvery: { steps: 30 },
  });
});
