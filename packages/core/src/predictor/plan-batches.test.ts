import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel } from '../model/create-model.ts';
import { watched } from '../model/window-method.ts';
import { loadLanguageModel } from '../task/verbalized-case.ts';
import { verbalizedClassification } from '../task/verbalized-classification.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { prefixModel, tagModel } from './adapter-samples.ts';
import { createPredictor } from './create-predictor.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

const [short, long] = ['it', 'it was a good place'];

describe('the rows of a batch', () => {
  it('are of like length, and come back in the order of the requests', async () => {
    using tiny = createTinyBackbone();
    const { backbone, passes } = watched(tiny);
    using one = prefixModel(backbone);
    using predictor = createPredictor({ backbone, adapters: { one }, batchSize: 2 });
    const texts = [short, long, short, long];
    const results = await predictor.logits(
      texts.map((text) => ({ adapter: 'one', row: { text } })),
    );
    // With `[CLS]` and `[SEP]`.
    expect(passes.map(({ batch }) => [batch.size, batch.sequence])).toEqual([
      [2, 3],
      [2, 7],
    ]);
    const [first, second, third, fourth] = results.map((result) =>
      result.ok ? result.value : null,
    );
    expect(first?.values).toBeDefined();
    expect([third, fourth]).toEqual([first, second]);
    expect(first).not.toEqual(second);
  });

  it('are read as a whole or token by token, as far as batches get full', async () => {
    using tiny = createTinyBackbone();
    const { backbone, passes } = watched(tiny);
    using whole = prefixModel(backbone);
    using words = tagModel(backbone, 'prefix', 1);
    using predictor = createPredictor({ backbone, adapters: { whole, words }, batchSize: 2 });
    const ofWords = { adapter: 'words', row: { tokens: [short] } } as const;
    const ofTexts = { adapter: 'whole', row: { text: short } } as const;
    await predictor.predict([ofWords, ofTexts, ofWords, ofTexts, ofTexts]);
    expect(passes.map(({ read }) => read)).toEqual(['summary', 'positions', 'positions']);
  });

  it('have as many words to read as each other', async () => {
    using language = await loadLanguageModel('bert');
    const { backbone, passes } = watched(language);
    const words = { good: 'train', bad: 'two days' };
    const create = (tokens: 'mean' | 'masks') => {
      const options = { labels: ['good', 'bad'], words, template: '{text} It was {mask}.', tokens };
      return createModel({ backbone, task: verbalizedClassification(options) });
    };
    const models = { one: create('mean'), several: create('masks') };
    using predictor = createPredictor({ backbone, adapters: models });
    const row = { text: short };
    const results = await predictor.logits([
      { adapter: 'one', row },
      { adapter: 'several', row },
    ]);
    expect(passes).toHaveLength(2);
    const alone = [...(await models.one.logits([row])), ...(await models.several.logits([row]))];
    for (const [place, result] of results.entries()) {
      const values = result.ok ? result.value.values : [];
      expect(values).toBeAllClose(alone[place]?.values ?? [], { absolute: 1e-5 });
    }
  });
});
