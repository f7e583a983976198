import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createModel } from '../model/create-model.ts';
import type { TunedModel } from '../model/tuned-model.ts';
import { watched, windowMethod } from '../model/window-method.ts';
import { loadLanguageModel, verbalizers } from '../task/verbalized-case.ts';
import { verbalizedClassification } from '../task/verbalized-classification.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createPredictor } from './create-predictor.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

const { words, texts, contentFree } = verbalizers;
const options = { labels: Object.keys(words), words, template: '{text} It was {mask}.' };
const rows = texts.map((text) => ({ text }));

it('corrects each adapter’s predictions by what it gives for texts that say nothing, once', async () => {
  using language = await loadLanguageModel('bert');
  const { backbone, passes } = watched(language);
  const create = (seed: number, calibrate?: readonly string[]) => {
    const task = verbalizedClassification<string>({ ...options, calibrate });
    return createModel({ backbone, method: windowMethod, config: { layers: 'all' }, task, seed });
  };
  const models: Record<string, TunedModel> = {
    one: create(1, contentFree),
    other: create(2, contentFree),
    plain: create(1),
  };
  using predictor = createPredictor({ backbone, adapters: models });
  const requests = rows.flatMap((row) => Object.keys(models).map((adapter) => ({ adapter, row })));
  const ask = async () => {
    passes.length = 0;
    const results = await predictor.predict(requests);
    const scores = results.map((result) => {
      return result.ok ? Object.values((result.value as { scores: object }).scores) : [];
    });
    return { scores, passes: passes.length };
  };
  const [first, second] = [await ask(), await ask()];
  const alone = await Promise.all(Object.values(models).map((model) => model.predict(rows)));
  const expected = rows.flatMap((_, row) =>
    alone.map((own) => Object.values((own[row] as { scores: object }).scores)),
  );
  expect(first.scores.flat()).toBeAllClose(expected.flat(), { absolute: 1e-5 });
  expect(second.scores).toEqual(first.scores);
  // A pass for the empty texts of each of the two, and one for the rows.
  expect([first.passes, second.passes]).toEqual([3, 1]);
  expect(first.scores[0]).not.toBeAllClose(first.scores[2] ?? [], { absolute: 1e-2 });
});
