import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { loadSeq2Seq } from '../backbone/seq2seq-case.ts';
import { defineMethod } from '../contract/method.ts';
import { readJson } from '../files/read-file.ts';
import { createModel } from '../model/create-model.ts';
import { createTinyBackbone, createTinyEncoderDecoder } from '../testing/tiny-backbone.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import { train } from '../trainer/train.ts';
import { sequenceToSequence } from './sequence-to-sequence.ts';

/** What Transformers computed; see `fixtures/make_seq2seq_peft.py`. */
interface StoredLosses {
  readonly rows: readonly { readonly text: string; readonly target: string }[];
  readonly losses: Readonly<
    Record<string, { readonly loss: number; readonly logProbabilities: readonly number[][] }>
  >;
}

const stored = (await readJson(
  fileURLToPath(new URL('../../fixtures/seq2seq-peft.json', import.meta.url)),
)) as StoredLosses; // As written.

const tokenizer = createTinyTokenizer();
const ids = (text: string): number[] => tokenizer.tokenize(text);
const { cls = 0, sep = 0 } = tokenizer.special;

/** Two virtual tokens in front, from the embeddings of letters. */
const twoTokens = defineMethod({
  name: 'two-tokens',
  configSchema: {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  },
  architectures: ['encoder-decoder'],
  tasks: ['sequence-to-sequence'],
  createTuner({ variables, backbone }) {
    const embeddings = variables.create('prompt', () => backbone.embeddingsOf([6, 7]));
    return {
      variables,
      layout: { kind: 'placed', at: 'front', length: 2 },
      promptLength: 2,
      prompt: () => ({ kind: 'virtual-tokens', embeddings: tf.clone(embeddings) }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

/** The backbone as it is. */
const bare = {
  ...twoTokens,
  createTuner: ({ variables }) => ({
    variables,
    layout: { kind: 'none' },
    promptLength: 0,
    prompt: () => ({ kind: 'none' }),
    [Symbol.dispose]: () => variables[Symbol.dispose](),
  }),
} satisfies typeof twoTokens;

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
    using backbone = createTinyEncoderDecoder();
    using model = open(backbone);
    const predictions = await model.predict(rows);
    const expected = rows.map(({ target }) => [cls, ...ids(target), sep]);
    expect(predictions.map(({ tokens }) => tokens)).toEqual(expected);
  });

  it('has the sum of the predicted probabilities as its loss, however rows are batched', async () => {
    using backbone = createTinyEncoderDecoder();
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

  it.each(Object.entries(stored.losses))(
    "has Transformers' loss and log-probabilities on %s",
    async (family, expected) => {
      using backbone = loadSeq2Seq(family);
      using model = createModel({ backbone, method: bare, task: sequenceToSequence() });
      const { loss } = await model.evaluate(stored.rows);
      expect(loss).toBeCloseTo(expected.loss, 5);
      const predictions = await model.predict(stored.rows);
      for (const [row, { logProbabilities }] of predictions.entries()) {
        const reference = expected.logProbabilities[row] ?? [];
        expect(logProbabilities).toHaveLength(reference.length);
        for (const [place, value] of logProbabilities.entries()) {
          expect(value).toBeCloseTo(reference[place] ?? 0, 4);
        }
      }
    },
  );

  it('predicts what the logits of the target say', async () => {
    using backbone = createTinyEncoderDecoder();
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
    using backbone = loadSeq2Seq('flan-t5');
    using model = open(backbone);
    const before = await model.evaluate(rows);
    await train(model, { train: rows, epochs: 10, learningRate: 0.1, progress: 'none' });
    const after = await model.evaluate(rows);
    expect(after.loss).toBeLessThan(before.loss - 0.05);
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
    using backbone = createTinyEncoderDecoder();
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
