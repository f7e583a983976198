import { createModel, train, verbalizedClassification } from '@ptl/core';
import { pTuning } from '@ptl/p-tuning';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../packages/core/src/task/verbalized-case.ts';

const rows = [
  { text: 'Great sound!', label: 'good' },
  { text: 'Poor microphone.', label: 'bad' },
] as const;
const options = { labels: ['good', 'bad'], words: { good: 'great', bad: 'poor' } } as const;
const settings = {
  train: rows,
  maxSteps: 3,
  batchSize: 2,
  learningRate: 0.1,
  progress: 'none',
} as const;

beforeAll(() => tf.setBackend('cpu'));

describe('the words between the slots of P-tuning', () => {
  it('are read, but neither trained nor changed for other prompts', async () => {
    using backbone = await loadLanguageModel('bert');
    const manualTask = verbalizedClassification({ ...options, template: '{text} It was {mask}.' });
    using manual = createModel({ backbone, task: manualTask });
    const before = await manual.logits(rows);
    const create = (words: string) =>
      createModel({
        backbone,
        method: pTuning,
        config: { template: `{prompt:2} {text} {prompt:1} ${words} {mask}.`, encoder: 'none' },
        task: verbalizedClassification(options),
      });
    using tuned = create('It was');
    using others = create('two days');
    expect(tuned.parameters).toEqual({ trainable: 3 * 40, stored: 3 * 40 });
    const [one, other] = [await tuned.logits(rows), await others.logits(rows)];
    expect(one[0]?.values).not.toEqual(other[0]?.values);
    await train(tuned, settings);
    expect(await tuned.logits(rows)).not.toEqual(one);
    // To the bit: another prompt with the same words, and the model with these words alone.
    expect(await others.logits(rows)).toEqual(other);
    expect(await manual.logits(rows)).toEqual(before);
  });

  it('are trained where they are soft, and nowhere else', async () => {
    using backbone = await loadLanguageModel('bert');
    const create = (words: string) =>
      createModel({
        backbone,
        method: pTuning,
        config: { template: `{prompt:1} {text} ${words} {mask}.`, encoder: 'none' },
        task: verbalizedClassification(options),
        seed: 5,
      });
    using hard = create('It was');
    using soft = create('{soft:It was}');
    const [one, other] = [await hard.logits(rows), await soft.logits(rows)];
    for (const [row, { values }] of one.entries()) {
      for (const [label, value] of values.entries()) {
        expect(other[row]?.values[label]).toBeCloseTo(value, 5);
      }
    }
    const tokens = backbone.tokenizer.tokenize('It was').length;
    expect(soft.parameters.trainable).toBe(hard.parameters.trainable + tokens * 40);
    await train(hard, settings);
    await train(soft, settings);
    // The slots get the same gradients in the first step; what is left is what the words did.
    expect((await hard.evaluate(rows)).loss).not.toBeCloseTo((await soft.evaluate(rows)).loss, 3);
  });
});

describe('the encoder of P-tuning', () => {
  it.each(['lstm', 'mlp'] as const)(
    'of kind %s sees the slots of a template together, wherever they stand in the text',
    async (encoder) => {
      using backbone = await loadLanguageModel('bert');
      const config = { template: '{prompt:2} {text} {prompt:1} It was {mask}.', encoder };
      using model = createModel({
        backbone,
        method: pTuning,
        config,
        task: verbalizedClassification(options),
        seed: 2,
      });
      const embedding = model.trainableVariables.get('tuner/embedding');
      const folded = (): Float32Array =>
        tf.tidy(() => {
          const dropout = <T>(tensor: T): T => tensor;
          const prompt = model.parts.tuner.prompt({ batchSize: 1, training: false, dropout });
          if (prompt.kind !== 'virtual-tokens') throw new Error('P-tuning gives virtual tokens');
          return prompt.embeddings.dataSync<'float32'>().slice();
        });
      const before = folded();
      // The last slot's embedding is changed, which stands behind the text.
      const moved = tf.tidy(() => tf.concat([tf.zeros([2, 40]), tf.ones([1, 40])]));
      embedding?.assign(tf.add(embedding, moved));
      const after = folded();
      const isMoved = (slot: number): boolean =>
        after
          .slice(slot * 40, (slot + 1) * 40)
          .some((value, at) => value !== before[slot * 40 + at]);
      // An LSTM hands it on to the slots before the text; an MLP has each slot for itself.
      expect([0, 1, 2].map(isMoved)).toEqual([encoder === 'lstm', encoder === 'lstm', true]);
    },
  );
});
