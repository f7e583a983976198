import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { prefixModel, slotModel } from './adapter-samples.ts';
import { createPredictor } from './create-predictor.ts';

beforeAll(() => tf.setBackend('cpu'));

const unfrozen = ['encoder.layer.0.output.dense.bias'];
const row = { text: 'a good film' };

it('serves a model as it was when it was given: prompt, head and trained weights', async () => {
  using backbone = createTinyBackbone();
  const models = {
    prefix: prefixModel(backbone, { unfrozen }, { seed: 1 }),
    slots: slotModel(backbone, {}, { seed: 2 }),
  };
  using predictor = createPredictor({ backbone, adapters: models });
  const requests = Object.keys(models).map((adapter) => ({ adapter, row }));
  const before = await predictor.logits(requests);
  expect(before.every(({ ok }) => ok)).toBe(true);
  const given = async () => Promise.all(Object.values(models).map((model) => model.logits([row])));
  const own = await given();
  for (const model of Object.values(models)) {
    for (const variable of model.trainableVariables.values()) {
      const changed = await given();
      tf.tidy(() =>
        variable.assign(tf.add(variable, tf.range(0, variable.size).reshape(variable.shape))),
      );
      expect(await given()).not.toEqual(changed);
      expect(await predictor.logits(requests)).toEqual(before);
    }
  }
  expect(await given()).not.toEqual(own);
  for (const model of Object.values(models)) model[Symbol.dispose]();
  expect(await predictor.logits(requests)).toEqual(before);
});
