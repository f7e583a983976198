import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackbone } from '../backbone/create-backbone.ts';
import { decoderParameters } from '../backbone/decoder/decoder-parameters.ts';
import { readDecoder } from '../backbone/families.ts';
import { defineMethod } from '../contract/method.ts';
import { readJson } from '../files/read-file.ts';
import { createModel } from '../model/create-model.ts';
import { hashedWeights } from '../testing/hashed-weights.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import { train } from '../trainer/train.ts';
import { causalLanguageModeling } from './causal-language-modeling.ts';

const configs = (await readJson(
  fileURLToPath(new URL('../../fixtures/decoders.json', import.meta.url)),
)) as Record<string, unknown>;
const tokenizer = createTinyTokenizer();

function decoder() {
  const spec = readDecoder(configs['gpt2'], 'gpt2');
  const shapes = new Map(decoderParameters(spec).map(({ name, shape }) => [name, shape]));
  const weights = hashedWeights(shapes, spec.checkpointPrefix);
  return createBackbone({ id: 'gpt2', config: configs['gpt2'], weights, tokenizer });
}

/** Four virtual tokens in front, from zero. */
const fourTokens = defineMethod({
  name: 'four-tokens',
  configSchema: {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  },
  architectures: ['encoder', 'decoder'],
  tasks: ['causal-language-modeling'],
  createTuner({ variables, backbone: { geometry } }) {
    const shape: [number, number] = [4, geometry.embeddingSize];
    const embeddings = variables.create<tf.Rank.R2>('prompt', () => tf.zeros(shape));
    return {
      variables,
      layout: { kind: 'placed', at: 'front', length: 4 },
      promptLength: 4,
      prompt: () => ({ kind: 'virtual-tokens', embeddings: tf.clone(embeddings) }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

const rows = [
  { prompt: 'the film', text: 'was good' },
  { text: 'it was a long time' },
  { prompt: 'a', text: 'bad place' },
];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('causal language modeling', () => {
  it('counts the tokens of the text and not those of what it continues', async () => {
    using backbone = decoder();
    using model = createModel({ backbone, method: fourTokens, task: causalLanguageModeling() });
    const predictions = await model.predict(rows);
    const ids = (text: string): number[] => tokenizer.tokenize(text);
    const { sep = 0 } = tokenizer.special;
    expect(predictions.map(({ tokens }) => tokens)).toEqual([
      [...ids('was good'), sep],
      [...ids('it was a long time'), sep],
      [...ids('bad place'), sep],
    ]);
  });

  it('has the sum of the predicted probabilities as its loss', async () => {
    using backbone = decoder();
    using model = createModel({ backbone, method: fourTokens, task: causalLanguageModeling() });
    const predictions = await model.predict(rows, { batchSize: 2 });
    const counted = predictions.flatMap(({ logProbabilities }) => logProbabilities);
    const total = -counted.reduce((sum, value) => sum + value, 0);
    const { sum, count } = model.loss(model.encode(rows), 0);
    expect(count).toBe(counted.length);
    expect(sum.dataSync()[0]).toBeCloseTo(total, 3);
    const { loss, scores } = await model.evaluate(rows);
    expect(loss).toBeCloseTo(total / count, 4);
    expect(scores['logLikelihood']).toBeCloseTo(-total / count, 4);
    sum.dispose();
  });

  it('makes a text more likely by training a prompt for it', async () => {
    using backbone = decoder();
    using model = createModel({ backbone, method: fourTokens, task: causalLanguageModeling() });
    const before = await model.evaluate(rows);
    await train(model, { train: rows, epochs: 20, learningRate: 0.05, progress: 'none' });
    const after = await model.evaluate(rows);
    expect(after.scores['logLikelihood']).toBeGreaterThan(
      (before.scores['logLikelihood'] ?? 0) + 1,
    );
  });

  it('is refused on a backbone that continues no text', () => {
    using backbone = createTinyBackbone();
    const create = () =>
      createModel({ backbone, method: fourTokens, task: causalLanguageModeling() });
    expect(create).toThrow(/"tiny" cannot be used for causal-language-modeling: a bert encoder/);
  });

  it('refuses a row without a text', () => {
    const layout = { kind: 'none' } as const;
    const encode = () =>
      causalLanguageModeling().encode({} as { text: string }, 0, {
        tokenizer,
        layout,
        maxPositions: 16,
      });
    expect(encode).toThrow(/it has no "text"/);
  });
});
