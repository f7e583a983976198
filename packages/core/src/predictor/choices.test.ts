import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { createModel } from '../model/create-model.ts';
import type { TunedModel } from '../model/tuned-model.ts';
import { multipleChoice } from '../task/multiple-choice/multiple-choice.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { bareMethod } from '../testing/bare-method.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { prefixModel, tagModel } from './adapter-samples.ts';
import { createPredictor } from './create-predictor.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

const texts = ['the film was', 'it was', 'a long time', 'good'];
const layout = { kind: 'placed', at: 'front', length: 2 } as const;
const choiceRow = (place: number) => ({
  text: texts[place] ?? '',
  choices: ['bad', 'a good place', 'the film', 'it'].slice(0, 2 + (place % 3)),
});

function setUp() {
  const tiny = createTinyBackbone();
  const sizes: number[] = [];
  const forward: Backbone['forward'] = (batch, ...rest) => {
    sizes.push(batch.size);
    return tiny.forward(batch, ...rest);
  };
  const backbone = { ...tiny, forward };
  const task = multipleChoice();
  const chooses = createModel({ backbone, method: bareMethod, config: { layout }, task, seed: 4 });
  const adapters = { chooses, texts: prefixModel(backbone), tags: tagModel(backbone, 'slots', 2) };
  const requests = texts.flatMap((text, place) => [
    { adapter: 'chooses', row: choiceRow(place) } as const,
    { adapter: 'texts', row: { text } } as const,
    { adapter: 'tags', row: { tokens: text.split(' ') } } as const,
  ]);
  return { backbone, adapters, requests, sizes };
}

it('answers rows of choices beside rows of other tasks as it would alone', async () => {
  const { backbone, adapters, requests, sizes } = setUp();
  using predictor = createPredictor({ backbone, adapters, batchSize: 64 });
  const [results, logits] = [await predictor.predict(requests), await predictor.logits(requests)];
  // One pass each: 2 + 3 + 4 + 2 choices, four texts and four sentences.
  expect(sizes).toEqual([19, 19]);
  for (const [place, request] of requests.entries()) {
    const { adapter, row } = request;
    const model: TunedModel = adapters[adapter];
    const [alone] = await model.logits([row]);
    const own = logits[place]?.ok ? logits[place].value : null;
    expect(own?.shape).toEqual(alone?.shape);
    expect(own?.values).toBeAllClose(alone?.values ?? [], { absolute: 1e-5 });
    if (request.adapter !== 'chooses') continue;
    const [chosen] = await adapters.chooses.predict([request.row]);
    const { label, choice } = chosen ?? {};
    const result = results[place];
    expect(result?.ok && result.value).toMatchObject({ label, choice });
  }
});

it('counts choices when it fills a batch, and never parts those of a row', async () => {
  const { backbone, adapters, sizes } = setUp();
  using predictor = createPredictor({ backbone, adapters, batchSize: 6 });
  const rows = [0, 1, 2, 3, 2].map((place) => ({ adapter: 'chooses', row: choiceRow(place) }));
  const results = await predictor.predict(rows);
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect(sizes.every((size) => size <= 6)).toBe(true);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2 + 3 + 4 + 2 + 4);
  sizes.length = 0;
  using narrow = createPredictor({ backbone, adapters, batchSize: 1 });
  await narrow.predict(rows);
  expect(sizes.toSorted()).toEqual([2, 2, 3, 4, 4]);
});

it('fails a wrong row of choices alone', async () => {
  const { backbone, adapters } = setUp();
  using predictor = createPredictor({ backbone, adapters });
  const results = await predictor.predict([
    { adapter: 'chooses', row: { text: 'it', choices: ['bad'] } },
    { adapter: 'chooses', row: choiceRow(1) },
  ]);
  expect(results.map(({ ok }) => ok)).toEqual([false, true]);
});
