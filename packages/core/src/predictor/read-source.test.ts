import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { loadAdapter } from '../model/load-adapter.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { loadFixtureBackbone } from '../testing/fixture-checkpoint.ts';
import { createPredictor } from './create-predictor.ts';

beforeAll(() => tf.setBackend('cpu'));

const folder = fileURLToPath(new URL('../../fixtures/peft/bert-seq_cls-prompt', import.meta.url));
const texts = ['the tram', 'a night in the old harbour', 'it'];

it('serves PEFT’s folders with the labels, or the task, that their files do not tell', async () => {
  using backbone = await loadFixtureBackbone('bert');
  using plain = await loadAdapter(backbone, folder);
  const labels = plain.task.labels.map((_, place) => `class ${place}`);
  const task = sequenceClassification({ labels });
  using predictor = createPredictor({
    backbone,
    adapters: { labelled: { folder, labels }, typed: { folder, task } },
  });
  const wanted = (await plain.logits(texts.map((text) => ({ text })))).map(({ values }) => {
    return labels[values.indexOf(Math.max(...values))];
  });
  for (const adapter of ['labelled', 'typed']) {
    const results = await predictor.predict(texts.map((text) => ({ adapter, row: { text } })));
    const given = results.map((result) => (result.ok ? result.value : result.error));
    expect(given).toMatchObject(wanted.map((label) => ({ label })));
  }
});
