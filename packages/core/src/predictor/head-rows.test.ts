import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { prefixModel, slotModel } from './adapter-samples.ts';
import { createPredictor } from './create-predictor.ts';

expect.extend({ toBeAllClose });

beforeAll(() => tf.setBackend('cpu'));

const texts = ['the film was good', 'a long bad time', 'it', 'it was a good place and a good time'];

it('runs a pooler once for the heads of all adapters, with what each gives alone', async () => {
  const tiny = createTinyBackbone();
  const head = tiny.heads['sequence-classification'];
  const pooled: number[] = [];
  const pooler: NonNullable<NonNullable<typeof head>['pooler']> = (first) => {
    pooled.push(first.shape[0]);
    return tf.tanh(tf.mul(first, 2));
  };
  const heads = { ...tiny.heads, ...(head && { 'sequence-classification': { ...head, pooler } }) };
  const backbone: Backbone = { ...tiny, heads };
  const models = {
    one: prefixModel(backbone, { length: 2 }, { seed: 1 }),
    other: prefixModel(backbone, { length: 3 }, { seed: 2 }),
    third: slotModel(backbone, {}, { seed: 3 }),
  };
  using predictor = createPredictor({ backbone, adapters: models });
  const requests = texts.flatMap((text) =>
    Object.keys(models).map((adapter) => ({ adapter, row: { text } })),
  );
  const results = await predictor.logits(requests);
  expect(pooled).toEqual([requests.length]);
  for (const [place, result] of results.entries()) {
    const { adapter, row } = requests[place] ?? {};
    const [alone] = (await models[adapter as 'one']?.logits([row ?? {}])) ?? []; // One of their names.
    const values = result.ok ? result.value.values : [];
    expect(values).toBeAllClose(alone?.values ?? [], { absolute: 1e-5 });
  }
});
