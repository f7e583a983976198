import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { defineMethod } from '../contract/method.ts';
import { createModel } from '../model/create-model.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import { train } from '../trainer/train.ts';
import { sequenceToSequence } from './sequence-to-sequence.ts';

const tokenizer = createTinyTokenizer();
const ids = (text: string): number[] => tokenizer.tokenize(text);
const { cls = 0, sep = 0 } = tokenizer.special;

/**
 * A decoder in the simplest sense: each place sees the target's token before it, and what an encoder
 * makes of the input.
 */
function encoderDecoder(): Backbone {
  const encoder = createTinyBackbone();
  const all = encoder.embeddingsOf(Array.from({ length: tokenizer.vocabularySize }, (_, id) => id));
  return {
    ...encoder,
    geometry: { ...encoder.geometry, architecture: 'encoder-decoder' },
    heads: {
      'sequence-to-sequence': {
        output: 'lm_head',
        dropoutRate: 0,
        pooler: null,
        vocabularyLogits: (rows) => tf.matMul(rows, all, false, true),
      },
    },
    forward({ target, ...batch }, prompt, options) {
      if (!target) throw new TypeError('no target');
      const first = { ...options, read: 'summary' } as const;
      const shifted = Array.from(target.inputIds, (_, index) =>
        index % target.sequence === 0 ? 0 : (target.inputIds[index - 1] ?? 0),
      );
      const before = tf.gather(all, tf.tensor2d(shifted, [batch.size, target.sequence], 'int32'));
      return tf.add(before, encoder.forward(batch, prompt, first));
    },
    [Symbol.dispose]() {
      all.dispose();
      encoder[Symbol.dispose]();
    },
  };
}

/** Two virtual tokens in front, from zero. */
const twoTokens = defineMethod({
  name: 'two-tokens',
  configSchema: {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  },
  architectures: ['encoder-decoder'],
  tasks: ['sequence-to-sequence'],
  createTuner({ variables, backbone: { geometry } }) {
    const shape: [number, number] = [2, geometry.embeddingSize];
    const embeddings = variables.create<tf.Rank.R2>('prompt', () => tf.zeros(shape));
    return {
      variables,
      layout: { kind: 'placed', at: 'front', length: 2 },
      promptLength: 2,
      prompt: () => ({ kind: 'virtual-tokens', embeddings: tf.clone(embeddings) }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

const rows = [
  { text: 'the film', target: 'was good' },
  { text: 'it was a long time', target: 'bad' },
  { text: 'a place', target: 'the place was bad' },
];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('sequence to sequence', () => {
  const open = (backbone: Backbone) =>
    createModel({ backbone, method: twoTokens, task: sequenceToSequence() });

  it('counts the tokens of the target, with those that the tokenizer puts around it', async () => {
    using backbone = encoderDecoder();
    using model = open(backbone);
    const predictions = await model.predict(rows);
    const expected = rows.map(({ target }) => [cls, ...ids(target), sep]);
    expect(predictions.map(({ tokens }) => tokens)).toEqual(expected);
  });

  it('has the sum of the predicted probabilities as its loss, however rows are batched', async () => {
    using backbone = encoderDecoder();
    using model = open(backbone);
    const predictions = await model.predict(rows, { batchSize: 2 });
    for (const { logProbability, logProbabilities } of predictions) {
      expect(logProbability).toBeCloseTo(
        logProbabilities.reduce((sum, value) => sum + value, 0),
        5,
      );
    }
    const total = predictions.reduce((sum, { logProbability }) => sum - logProbability, 0);
    const { sum, count } = model.loss(model.encode(rows), 0);
    expect(count).toBe(predictions.flatMap(({ tokens }) => tokens).length);
    expect(sum.dataSync()[0]).toBeCloseTo(total, 3);
    sum.dispose();
    const { loss, scores } = await model.evaluate(rows);
    expect(loss).toBeCloseTo(total / count, 4);
    expect(scores['logLikelihood']).toBeCloseTo(-total / count, 4);
  });

  it('predicts what the logits of the target say', async () => {
    using backbone = encoderDecoder();
    using model = open(backbone);
    const predictions = await model.predict(rows);
    const logits = await model.logits(rows);
    for (const [row, { mostLikely, logProbabilities, tokens }] of predictions.entries()) {
      const { shape = [], values = [] } = logits[row] ?? {};
      expect(shape).toEqual([tokens.length, tokenizer.vocabularySize]);
      const logSoftmax = tf.tidy(() =>
        tf.logSoftmax(tf.tensor([...values], [...shape])).arraySync(),
      );
      for (const [place, scores] of (logSoftmax as number[][]).entries()) {
        expect(mostLikely[place]).toBe(scores.indexOf(Math.max(...scores)));
        expect(logProbabilities[place]).toBeCloseTo(scores[tokens[place] ?? 0] ?? 0, 4);
      }
    }
  });

  it('makes targets more likely by training a prompt for them', async () => {
    using backbone = encoderDecoder();
    using model = open(backbone);
    const before = await model.evaluate(rows);
    await train(model, { train: rows, epochs: 20, learningRate: 0.05, progress: 'none' });
    const after = await model.evaluate(rows);
    expect(after.loss).toBeLessThan(before.loss - 0.1);
  });

  it('cuts a target that does not fit at its end, and counts the row', () => {
    const task = sequenceToSequence();
    const layout = { kind: 'placed', at: 'front', length: 6 } as const;
    const context = { tokenizer, layout, maxPositions: 10 };
    const target = Array.from({ length: 12 }, () => 'film').join(' ');
    const { row } = task.encode({ text: 'a place', target }, 0, context);
    expect(row.targetIds).toEqual([cls, ...ids('film film film film film film film film'), sep]);
    expect(row.truncatedTokens).toBe(4);
    const both = task.encode({ text: 'the film was long', target }, 0, context);
    expect(both.row.truncatedTokens).toBe(4 + 2);
  });

  it('batches rows by what they take in the encoder and in the decoder', () => {
    using backbone = encoderDecoder();
    using model = open(backbone);
    const [first] = model.encode(rows);
    const around = 2 + 2 + 2;
    expect(first?.length).toBe(ids('the film').length + ids('was good').length + around);
  });

  it.each([
    [{ text: 'a film' }, /it has no "target"/],
    [{ target: 'a film' }, /it has no "text"/],
    [{ text: 'a film', target: 3 }, /"target" must be a string/],
  ])('refuses %j', (row, message) => {
    const context = { tokenizer, layout: { kind: 'none' }, maxPositions: 16 } as const;
    const task = sequenceToSequence();
    expect(() => task.encode(row as (typeof rows)[0], 0, context)).toThrow(message);
  });

  it('is refused on a backbone that writes nothing', () => {
    using backbone = createTinyBackbone();
    const method = { ...twoTokens, architectures: ['encoder'] } as const;
    const create = () => createModel({ backbone, method, task: sequenceToSequence() });
    expect(create).toThrow(/"tiny" cannot be used for sequence-to-sequence: a bert encoder/);
  });
});
