import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { PromptRequest } from '../contract/method.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { train } from '../trainer/train.ts';
import { createModel } from './create-model.ts';
import { windowMethod } from './window-method.ts';

beforeAll(() => tf.setBackend('cpu'));

const rows = Array.from({ length: 8 }, (_, row) => ({
  text: row % 2 ? 'a good film' : 'the bad place',
  label: row % 2 ? ('good' as const) : ('bad' as const),
}));

/** A model whose prompt encoder tells of its runs. */
function counted(backbone: ReturnType<typeof createTinyBackbone>) {
  const requests: PromptRequest[] = [];
  const method: typeof windowMethod = {
    ...windowMethod,
    createTuner(context) {
      const tuner = windowMethod.createTuner(context);
      const prompt = tuner.prompt;
      return Object.assign(tuner, {
        prompt: (request: PromptRequest) => {
          requests.push(request);
          return prompt(request);
        },
      });
    },
  };
  const task = sequenceClassification({ labels: ['good', 'bad'] });
  const model = createModel({ backbone, method, config: { layers: 'all' }, task });
  return {
    model,
    runs: (training: boolean) => requests.filter((one) => one.training === training),
  };
}

it('encodes a prompt once for each batch in training', async () => {
  using backbone = createTinyBackbone();
  const { model, runs } = counted(backbone);
  using _owned = model;
  const options = { train: rows, batchSize: 2, gradientAccumulation: 2, epochs: 3 } as const;
  await train(model, { ...options, progress: 'none' });
  expect(runs(true)).toHaveLength(3 * 4);
});

it('folds a prompt once for all batches in inference', async () => {
  using backbone = createTinyBackbone();
  const { model, runs } = counted(backbone);
  using _owned = model;
  await model.predict(rows, { batchSize: 2 });
  expect([runs(true).length, runs(false).length]).toEqual([0, 1]);
  await model.evaluate(rows, { batchSize: 2 });
  expect(runs(false)).toHaveLength(2);
});
