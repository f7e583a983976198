import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBeAllClose } from '../testing/all-close.ts';
import { centralDifferences } from '../testing/central-differences.ts';
import { hashed } from '../testing/hashed-weights.ts';
import { loadVocabularyCase, scoresOf, vocabularyCases } from './vocabulary-case.ts';

expect.extend({ toBeAllClose });

describe.each(['cpu', 'wasm'])('the head for masked words on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(vocabularyCases)('of %s gives the scores of Transformers', async (name) => {
    using backbone = await loadVocabularyCase(name);
    const { actual, expected } = scoresOf(backbone, name);
    expect(actual).toBeAllClose(expected, { absolute: 1e-5, relative: 0 });
  });
});

describe('a head for masked words', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(vocabularyCases)('of %s is not there where its first layer is missing', async (name) => {
    using backbone = await loadVocabularyCase(name, /dense|transform/);
    expect(backbone.vocabularyLogits).toBeNull();
    using whole = await loadVocabularyCase(name);
    const added = whole.parameters.length - backbone.parameters.length;
    expect(added).toBe(name.endsWith('-untied') ? 6 : 5);
  });

  it.each(vocabularyCases)('of %s stands beside the encoder in task models', async (name) => {
    using backbone = await loadVocabularyCase(name);
    const head = backbone.parameters.slice(-5).map((parameter) => parameter.name);
    expect(head.map((parameter) => backbone.taskModelName(parameter))).toEqual(head);
  });

  it.each([
    ['bert-tied', 'cls.predictions.bias', 'embeddings.word_embeddings.weight'],
    ['bert-untied', 'cls.predictions.decoder.bias', 'cls.predictions.decoder.weight'],
  ])('of %s passes a gradient to each of its weights that is trained', async (name, ...last) => {
    using backbone = await loadVocabularyCase(name);
    const transform = ['dense.weight', 'dense.bias', 'LayerNorm.weight', 'LayerNorm.bias'];
    const parts = [...last, ...transform.map((part) => `cls.predictions.transform.${part}`)];
    const values = parts.map(backbone.weight);
    const rows = tf.tensor2d(hashed('rows', [3, 40]), [3, 40]);
    const loss = (...given: tf.Tensor[]): tf.Scalar => {
      const trained = new Map(parts.map((part, index) => [part, given[index] as tf.Tensor]));
      const logits = backbone.vocabularyLogits?.(rows, trained) ?? rows;
      return tf.sum(tf.square(tf.slice(logits, [0, 3], [3, 7])));
    };
    for (const [index, gradient] of tf.grads(loss)(values).entries()) {
      const along = tf.tensor(hashed(`along ${parts[index]}`, gradient.shape), gradient.shape);
      const moved = (by: tf.Scalar): tf.Scalar =>
        loss(
          ...values.map((value, at) => (at === index ? tf.add(value, tf.mul(along, by)) : value)),
        );
      const slope = tf.sum(tf.mul(gradient, along)).dataSync();
      expect(Math.abs(slope[0] ?? 0)).toBeGreaterThan(1e-2);
      const wanted = centralDifferences(moved, tf.scalar(0));
      expect(slope, parts[index]).toBeAllClose(wanted, { relative: 1e-2, absolute: 5e-3 });
    }
  });
});
