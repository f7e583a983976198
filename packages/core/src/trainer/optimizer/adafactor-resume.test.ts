import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { slotModel } from '../../predictor/adapter-samples.ts';
import { createTinyBackbone } from '../../testing/tiny-backbone.ts';
import type { TrainOptions } from '../options/train-options.ts';
import { train } from '../train.ts';
import type { TrainEvent } from '../train-event.ts';
import { adafactor } from './adafactor.ts';

beforeAll(() => tf.setBackend('cpu'));

const rows = ['good', 'bad', 'a good film', 'it was long'].map((text, index) => {
  return { text, label: index === 1 ? 'bad' : 'good' };
});
const options = {
  train: rows,
  batchSize: 2,
  maxSteps: 6,
  learningRate: 0.3,
  schedule: 'constant',
  optimizer: adafactor({ weightDecay: 1e-5, beta1: 0.5 }),
  progress: 'none',
} as const;

it('goes on as if it had not stopped, with moments of matrices and vectors', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ptl-adafactor-'));
  using backbone = createTinyBackbone();
  const run = async (more: Partial<TrainOptions>) => {
    using model = slotModel(backbone);
    await train(model, { ...options, ...more });
    return [...model.trainableVariables].map(([name, value]) => [name, [...value.dataSync()]]);
  };
  const whole = await run({});
  const checkpoint = { folder: join(root, 'run'), resume: true };
  const controller = new AbortController();
  const onEvent = ({ type, step }: TrainEvent) => {
    if (type === 'step' && step === 3) controller.abort();
  };
  const stopped = run({ checkpoint, signal: controller.signal, onEvent });
  await expect(stopped).rejects.toThrow('cancelled after step 3');
  expect(await run({ checkpoint })).toEqual(whole);
  expect(whole).not.toEqual(await run({ maxSteps: 3 }));
  await rm(root, { recursive: true });
});
