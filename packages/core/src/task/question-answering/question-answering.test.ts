import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../backbone/backbone.ts';
import { readEncoder } from '../../backbone/families.ts';
import { readJson } from '../../files/read-file.ts';
import { createModel } from '../../model/create-model.ts';
import { loadModel } from '../../model/load-model.ts';
import type { TunedModel } from '../../model/tuned-model.ts';
import { bareMethod } from '../../testing/bare-method.ts';
import { loadFixtureBackbone } from '../../testing/fixture-checkpoint.ts';
import { hashed } from '../../testing/hashed-weights.ts';
import type { AnswerPositions } from './answer-positions.ts';
import type { AnswerPrediction } from './answer-prediction.ts';
import type { QuestionAnsweringOptions } from './options.ts';
import { questionAnswering } from './question-answering.ts';
import type { QuestionRow } from './question-row.ts';

interface StoredRow {
  readonly windows: readonly {
    readonly ids: readonly number[];
    readonly target: readonly number[];
    readonly loss: number;
  }[];
  readonly prediction: {
    readonly text: string;
    readonly score: number;
    readonly nullScore: number;
    readonly isNone: boolean;
  };
  /** Of the only window of the first row. */
  readonly logits?: readonly number[];
}

/** What Transformers computes, see fixtures/make_question_answering.py. */
const held: {
  readonly maxLength: number;
  readonly stride: number;
  readonly maxAnswerLength: number;
  readonly nullScoreThreshold: number;
  readonly rows: readonly { question: string; context: string; answer: string | null }[];
  readonly heads: Readonly<Record<string, { readonly shapes: object; readonly dropout: number }>>;
  readonly cases: Readonly<Record<string, readonly StoredRow[]>>;
} = JSON.parse(
  readFileSync(new URL('../../../fixtures/question-answering.json', import.meta.url), 'utf8'),
);
const { maxLength, stride, maxAnswerLength, nullScoreThreshold } = held;
const settings = { maxLength, stride, maxAnswerLength };

const rows: readonly QuestionRow[] = held.rows.map(({ question, context, answer }) => ({
  question,
  context,
  answers: {
    text: answer === null ? [] : [answer],
    answerStart: answer === null ? [] : [context.indexOf(answer)],
  },
}));

function createStoredModel(
  backbone: Backbone,
  options: QuestionAnsweringOptions = settings,
): TunedModel<QuestionRow, AnswerPrediction> {
  const model = createModel({ backbone, method: bareMethod, task: questionAnswering(options) });
  for (const [name, variable] of model.trainableVariables) {
    const { shape } = variable;
    const stored = name.replace('head/', '').replace('/', '.');
    tf.tidy(() => variable.assign(tf.tensor(hashed(stored, shape), shape)));
  }
  return model;
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(Object.entries(held.cases))('question answering with %s', (family, stored) => {
  let backbone: Backbone;
  beforeAll(async () => {
    backbone = await loadFixtureBackbone(family);
  });
  afterAll(() => backbone[Symbol.dispose]());
  const own = rows.slice(0, stored.length);

  it('reads a row in the windows of Transformers, with its targets', () => {
    using model = createStoredModel(backbone);
    const examples = model.encode(own).map(({ example }) => example);
    const windows = stored.flatMap((row) => row.windows);
    expect(examples.map(({ row }) => row.inputIds)).toEqual(windows.map(({ ids }) => ids));
    const targets = examples.map(({ target }) => target as AnswerPositions); // As the task makes them.
    expect(targets.map(({ start, end }) => [start, end])).toEqual(windows.map((w) => w.target));
  });

  it('gives the logits of Transformers', async () => {
    using model = createStoredModel(backbone);
    const [first] = await model.logits(own.slice(0, 1));
    const expected = stored[0]?.logits ?? [];
    expect(first?.shape).toEqual([expected.length / 2, 2]);
    for (const [index, value] of expected.entries()) {
      expect(first?.values[index]).toBeCloseTo(value, 4);
    }
  });

  it('has the losses of Transformers, whatever padding is behind a window', () => {
    using model = createStoredModel(backbone);
    const examples = model.encode(own);
    const losses = stored.flatMap((row) => row.windows.map(({ loss }) => loss));
    const together = tf.tidy(() => {
      const { sum, count } = model.loss(examples, 1);
      return sum.dataSync()[0] ?? Number.NaN / count;
    });
    const sum = losses.reduce((total, loss) => total + loss, 0);
    // DistilBERT drops in its head while it trains.
    if (family !== 'distilbert') expect(Math.abs(together / sum - 1)).toBeLessThan(1e-5);
  });

  it('evaluates with the mean loss of all windows', async () => {
    using model = createStoredModel(backbone);
    const { loss } = await model.evaluate(own);
    const losses = stored.flatMap((row) => row.windows.map((window) => window.loss));
    const mean = losses.reduce((total, one) => total + one, 0) / losses.length;
    expect(Math.abs(loss / mean - 1)).toBeLessThan(1e-5);
  });

  it.each([null, nullScoreThreshold])(
    'answers as Transformers, threshold %s',
    async (threshold) => {
      using model = createStoredModel(backbone, { ...settings, nullScoreThreshold: threshold });
      const predictions = await model.predict(own, { batchSize: 3 });
      for (const [index, { prediction }] of stored.entries()) {
        const found = predictions[index];
        const isNone = threshold !== null && prediction.isNone;
        expect(found?.text).toBe(isNone ? '' : prediction.text);
        expect(own[index]?.context.slice(found?.start, found?.end)).toBe(found?.text);
        expect(found?.best?.text).toBe(prediction.text);
        expect(found?.best?.score).toBeCloseTo(prediction.score, 4);
        expect(found?.nullScore).toBeCloseTo(prediction.nullScore, 4);
        expect(found?.score).toBe(isNone ? found?.nullScore : found?.best?.score);
      }
      expect(predictions).toHaveLength(stored.length);
    },
  );

  it('is the same after it was saved and loaded', async () => {
    using model = createStoredModel(backbone, { ...settings, nullScoreThreshold: -1 });
    const folder = await mkdtemp(join(tmpdir(), 'ptl-answers-'));
    try {
      await model.save(folder);
      using loaded = await loadModel(folder, { backbone });
      expect(loaded.task.options).toEqual(model.task.options);
      expect(await loaded.predict(own)).toEqual(await model.predict(own));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the heads of question answering', () => {
  const fixtures = fileURLToPath(new URL('../../../fixtures', import.meta.url));
  const places = {
    bert: 'backbones/bert',
    roberta: 'backbones/roberta',
    distilbert: 'backbones/distilbert',
    albert: 'encoders/albert',
    electra: 'encoders/electra',
    'deberta-v2': 'encoders/deberta-v3',
  };

  it.each(Object.entries(places))('are those of Transformers: %s', async (family, place) => {
    const { span } = readEncoder(await readJson(`${fixtures}/${place}/config.json`), family).heads;
    expect(span.dropoutRate).toBe(held.heads[family]?.dropout);
    expect(Object.keys(held.heads[family]?.shapes ?? {})).toEqual(
      ['weight', 'bias'].map((part) => `${span.output}.${part}`),
    );
  });
});
