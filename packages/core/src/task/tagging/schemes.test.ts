import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../backbone/backbone.ts';
import { createModel } from '../../model/create-model.ts';
import { windowMethod } from '../../model/window-method.ts';
import { createTinyBackbone } from '../../testing/tiny-backbone.ts';
import { train } from '../../trainer/train.ts';
import { labelsOf } from '../labels-of.ts';
import { strictEntities } from '../metrics/strict-entities.ts';
import type { TaggingScheme } from '../metrics/tagging-scheme.ts';
import { tokenClassification } from '../token-classification.ts';
import { convertTags } from './convert-tags.ts';

/** An entity of two words, one of one word, and one of three. */
const spelt = [
  ['the film was good', 'O B-X E-X O'],
  ['it was a long time', 'S-Y O B-X I-X E-X'],
  ['a long time the film', 'B-X I-X E-X B-X E-X'],
  ['good it was bad', 'O S-Y O O'],
].map(([text = '', tags = '']) => ({ tokens: text.split(' '), tags: tags.split(' ') }));

let backbone: Backbone;
beforeAll(async () => {
  await tf.setBackend('cpu');
  backbone = createTinyBackbone();
});
afterAll(() => backbone[Symbol.dispose]());

describe.each([
  ['IO', false],
  ['IOB2', true],
  ['IOE2', false],
  ['IOBES', true],
  ['BILOU', false],
] as [TaggingScheme, boolean][])('sentences tagged in %s, with a CRF: %s', (scheme, crf) => {
  const rows = spelt.map(({ tokens, tags }) => ({
    tokens,
    tags: convertTags(tags, { from: 'IOBES', to: scheme }),
  }));
  const labels = labelsOf(rows);
  // A backbone this small learns nothing from a prompt alone.
  const config = { unfrozen: ['embeddings.word_embeddings.weight'] };

  it('are learnt, and spelt as the scheme demands', async () => {
    const task = tokenClassification({ labels, crf, decoding: 'constrained' });
    using model = createModel({ backbone, method: windowMethod, config, task, seed: 1 });
    await train(model, {
      train: rows,
      epochs: 45,
      learningRate: 0.1,
      batchSize: 4,
      progress: 'none',
    });
    const { scores } = await model.evaluate(rows);
    expect(scores['entityF1Strict']).toBe(1);
    // A constrained sentence has one reading, strict or not; of L and U seqeval knows the strict alone.
    if (scheme !== 'BILOU')
      expect(scores['entityF1']).toBeCloseTo(scores['entityF1Strict'] ?? 0, 12);
    using raw = createModel({ backbone, method: windowMethod, config, task, seed: 2 });
    const predictions = await raw.predict(rows);
    for (const { tags } of predictions) {
      const entities = strictEntities(tags, scheme, 0);
      const covered = entities.reduce((sum, { start, end }) => sum + end - start, 0);
      expect(covered).toBe(tags.filter((tag) => tag !== 'O').length);
    }
  }, 30_000);
});
