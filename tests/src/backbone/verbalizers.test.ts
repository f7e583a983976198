import { fileURLToPath } from 'node:url';
import { createModel, loadBackbone, verbalizedClassification } from '@ptl/core';
import { toBeAllClose } from '@ptl/core/testing';
import { findModel } from '@ptl/node';
import { describe, expect, it } from 'vitest';
import {
  isDecoder,
  loadLanguageModel,
  verbalizerModels,
  verbalizers,
} from '../../../packages/core/src/task/verbalized-case.ts';
import { useTestEngine } from '../use-test-engine.ts';

expect.extend({ toBeAllClose });

const { words, texts, cases } = verbalizers;
const path = await findModel('smollm2-135m');
const absent = 'the model is not in the cache; loadBackbone("smollm2-135m") puts it there';
/** From where @ptl/node is found. */
const from = fileURLToPath(new URL('.', import.meta.url));

// Core runs the same on the engines that TF.js brings itself.
describe('words at a mask, on TensorFlow,', () => {
  it.for(verbalizerModels)('are scored as Transformers does it: %s', async (name, context) => {
    await useTestEngine('tensorflow', context);
    using backbone = await loadLanguageModel(name);
    const template = isDecoder(name) ? '{text} It was {mask}' : '{text} It was {mask}.';
    const task = verbalizedClassification({ labels: Object.keys(words), words, template });
    using model = createModel({ backbone, task });
    const logits = await model.logits(texts.map((text) => ({ text })));
    for (const [row, { values }] of logits.entries()) {
      const expected = cases[name]?.['mean']?.[row] ?? [];
      expect(values).toBeAllClose(expected, { absolute: 1e-5, relative: 0 });
    }
  });
});

describe('SmolLM2-135M', () => {
  const rows = [
    { text: 'I loved every minute of this film.', label: 'good' },
    { text: 'What a beautiful, moving story.', label: 'good' },
    { text: 'The best meal I have had in years.', label: 'good' },
    { text: 'Wonderful service and a lovely room.', label: 'good' },
    { text: 'I hated every minute of this film.', label: 'bad' },
    { text: 'What a dull, pointless story.', label: 'bad' },
    { text: 'The worst meal I have had in years.', label: 'bad' },
    { text: 'Rude staff and a dirty room.', label: 'bad' },
  ] as const;

  it('tells what is good from what is bad by a manual prompt, without training', async (context) => {
    if (path === undefined) return context.skip(absent);
    await useTestEngine('tensorflow', context);
    using backbone = await loadBackbone(path, { from });
    const task = verbalizedClassification({
      labels: ['good', 'bad'],
      words: { good: ['great', 'wonderful'], bad: ['terrible', 'awful'] },
      template: 'Review: {text}\nIn short, it was {mask}',
      calibrate: ['N/A', ''],
    });
    using model = createModel({ backbone, task });
    const { scores } = await model.evaluate(rows);
    expect(scores['accuracy']).toBeGreaterThanOrEqual(0.75);
  }, 300_000);
});
