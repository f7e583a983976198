import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { watched } from '../model/window-method.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { prefixModel, tagModel } from './adapter-samples.ts';
import { createPredictor } from './create-predictor.ts';

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
});
