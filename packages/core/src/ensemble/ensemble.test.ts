import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { createModel } from '../model/create-model.ts';
import { TunedModel } from '../model/tuned-model.ts';
import { windowMethod } from '../model/window-method.ts';
import { prefixModel, slotModel, tagModel } from '../predictor/adapter-samples.ts';
import { multiLabelClassification } from '../task/multi-label-classification.ts';
import { questionAnswering } from '../task/question-answering/question-answering.ts';
import { regression } from '../task/regression.ts';
import { largest, softmax } from '../task/softmax.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { loadLanguageModel, verbalizers } from '../task/verbalized-case.ts';
import { verbalizedClassification } from '../task/verbalized-classification.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createEnsemble } from './create-ensemble.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

const texts = ['the film was good', 'a long bad time', 'it', 'it was a good place and a good time'];
const rows = texts.map((text) => ({ text }));
const labels = ['bad', 'fair', 'good'] as const;
const labelled = rows.map(({ text }, index) => ({ text, label: labels[index % 3] ?? 'bad' }));
const close = { absolute: 1e-5 };

/** A backbone that counts what it computes. */
function counted() {
  const tiny = createTinyBackbone();
  const passes: { size: number; positions: number }[] = [];
  const forward: Backbone['forward'] = (batch, prompt, options) => {
    passes.push({ size: batch.size, positions: batch.size * batch.sequence });
    return tiny.forward(batch, prompt, options);
  };
  const backbone: Backbone = { ...tiny, forward };
  return { backbone, passes };
}

/** Members of all kinds and lengths of prompts. */
function classifiers(backbone: Backbone) {
  return [
    prefixModel(backbone, { length: 3 }, { seed: 1 }),
    slotModel(backbone, { length: 2 }, { seed: 2 }),
    slotModel(backbone, { length: 5, at: 'end' }, { seed: 3 }),
    prefixModel(backbone, { length: 6, skip: 1 }, { seed: 4 }),
    slotModel(backbone, { length: 1, at: 'after-first' }, { seed: 5 }),
  ];
}

/** What each model gives a row alone. */
async function alone(models: readonly Pick<TunedModel, 'logits'>[], row: object) {
  return Promise.all(
    models.map(async (model) => {
      const [logits] = await model.logits([row]);
      return [...(logits?.values ?? [])];
    }),
  );
}

function mean(vectors: readonly (readonly number[])[]): number[] {
  return (vectors[0] ?? []).map((_, at) => {
    return vectors.reduce((sum, vector) => sum + (vector[at] ?? 0), 0) / vectors.length;
  });
}

describe('an ensemble of classifiers', () => {
  it.each(['mean-logits', 'mean-probabilities'] as const)(
    'predicts from the %s of its members, whatever their prompts',
    async (join) => {
      using backbone = createTinyBackbone();
      const models = classifiers(backbone);
      using ensemble = createEnsemble({ models, join });
      const predictions = await ensemble.predict(rows);
      for (const [index, { scores, label }] of predictions.entries()) {
        const members = await alone(models, rows[index] ?? {});
        const isLogits = join === 'mean-logits';
        const expected = isLogits ? softmax(mean(members)) : mean(members.map(softmax));
        expect(Object.values(scores)).toBeAllClose(expected, close);
        expect(label).toBe(labels[largest(expected)]);
      }
    },
  );

  it('predicts what most members predict, in one pass for all of them', async () => {
    const { backbone, passes } = counted();
    const models = classifiers(backbone);
    using ensemble = createEnsemble({ models });
    const predictions = await ensemble.predict(rows);
    expect(passes.map(({ size }) => size)).toEqual([20]);
    expect(ensemble.size).toBe(5);
    const shares: number[][] = [];
    for (const [index, { scores, label }] of predictions.entries()) {
      const votes = (await alone(models, rows[index] ?? {})).map(largest);
      const expected = labels.map((_, at) => votes.filter((vote) => vote === at).length / 5);
      expect(Object.values(scores)).toBeAllClose(expected, close);
      expect(expected[labels.indexOf(label)]).toBe(Math.max(...expected));
      shares.push(expected);
    }
    expect(shares.some((share) => !share.includes(1))).toBe(true);
  });

  it('scores its own predictions and those of its members', async () => {
    using backbone = createTinyBackbone();
    const models = classifiers(backbone);
    using ensemble = createEnsemble({ models });
    const { scores, members } = await ensemble.evaluate(labelled);
    const predictions = await ensemble.predict(labelled);
    expect(scores).toEqual(ensemble.task.score(predictions, labelled));
    const own = await Promise.all(models.map((model) => model.evaluate(labelled)));
    expect(members).toEqual(own.map((result) => result.scores));
    expect(new Set(members.map(({ accuracy }) => accuracy)).size).toBeGreaterThan(1);
    await expect(ensemble.evaluate([{ text: 'it', label: 'odd' as 'bad' }])).rejects.toThrow(
      'LABEL_UNKNOWN',
    );
  });

  it('counts what it takes, together and apart', async () => {
    const { backbone, passes } = counted();
    const models = classifiers(backbone);
    using ensemble = createEnsemble({ models });
    const { together, apart, single, stored, ...rest } = ensemble.cost(rows, { batchSize: 8 });
    const run = async (job: () => Promise<unknown>) => {
      passes.length = 0;
      await job();
      const sum = (of: 'size' | 'positions') => passes.reduce((total, pass) => total + pass[of], 0);
      return { passes: passes.length, rows: sum('size'), positions: sum('positions') };
    };
    const all = async () => {
      for (const model of models) await model.predict(rows, { batchSize: 8 });
    };
    expect(together).toEqual(await run(() => ensemble.predict(rows, { batchSize: 8 })));
    expect(apart).toEqual(await run(all));
    expect(single).toEqual(await run(async () => models[0]?.predict(rows, { batchSize: 8 })));
    expect([together.passes, apart.passes, single.passes]).toEqual([3, 5, 1]);
    expect(stored).toEqual(models.map((model) => model.parameters.stored));
    const sizes = backbone.parameters.map(({ name }) => backbone.weight(name).size);
    expect(rest.backbone).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  it('owns copies: members may go, and nothing stays when it goes', async () => {
    using backbone = createTinyBackbone();
    const before = tf.memory().numTensors;
    const models = classifiers(backbone);
    const ensemble = createEnsemble({ models, join: 'mean-logits' });
    const [expected] = await ensemble.predict(rows);
    for (const model of models) model[Symbol.dispose]();
    expect(await ensemble.predict(rows.slice(0, 1))).toMatchObject([{ label: expected?.label }]);
    ensemble[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(before);
    await expect(ensemble.predict(rows)).rejects.toThrow('TUNER_DISPOSED');
    expect(() => ensemble.cost(rows)).toThrow('TUNER_DISPOSED');
  });
});

/** Where the words of a sentence start, among its real tokens. */
function wordStarts(model: ReturnType<typeof tagModel>, tokens: readonly string[]) {
  const [encoded] = model.encode([{ tokens, tags: tokens.map(() => 'O' as const) }]);
  return encoded?.example.row.wordStarts ?? [];
}

it('joins the tags of each word', async () => {
  using backbone = createTinyBackbone();
  const models = [4, 8, 6].map((seed) => tagModel(backbone, seed === 8 ? 'prefix' : 'slots', seed));
  using votes = createEnsemble({ models });
  using means = createEnsemble({ models, join: 'mean-logits' });
  const shares: number[] = [];
  for (const tokens of texts.map((text) => text.split(' '))) {
    const [voted, averaged] = await Promise.all(
      [votes, means].map(async (ensemble) => (await ensemble.predict([{ tokens }]))[0]?.tags),
    );
    const members = await alone(models, { tokens });
    const words = wordStarts(models[0] as ReturnType<typeof tagModel>, tokens).map((start) =>
      members.map((values) => values.slice(2 * start, 2 * start + 2)),
    );
    const share = words.map((own) => own.filter((logits) => largest(logits) === 1).length / 3);
    expect(voted).toEqual(share.map((part) => (part > 0.5 ? 'B-X' : 'O')));
    expect(averaged).toEqual(words.map((own) => ['O', 'B-X'][largest(mean(own))]));
    shares.push(...share);
  }
  expect(new Set(shares).size).toBeGreaterThan(2);
});

it('takes the mean of numbers, and of the probabilities of sets of labels', async () => {
  using backbone = createTinyBackbone();
  const value = regression();
  const numbers = [1, 2].map((seed) => createModel({ backbone, task: value, seed }));
  using sum = createEnsemble({ models: numbers, join: 'mean-logits' });
  const expected = mean(await alone(numbers, rows[0] ?? {}));
  expect((await sum.predict(rows))[0]?.value).toBeCloseTo(expected[0] ?? 0, 5);
  const task = multiLabelClassification({ labels: ['a', 'b'] });
  const sets = [1, 2].map((seed) => createModel({ backbone, task, seed }));
  using both = createEnsemble({ models: sets, join: 'mean-probabilities' });
  const own = await Promise.all(sets.map(async (model) => (await model.predict(rows))[0]?.scores));
  const [joined] = await both.predict(rows);
  expect(joined?.scores.a).toBeCloseTo(((own[0]?.a ?? 0) + (own[1]?.a ?? 0)) / 2, 6);
  expect(() => createEnsemble({ models: sets })).toThrow('join: Sets of labels take a mean');
  expect(() => createEnsemble({ models: numbers })).toThrow('join: Numbers take "mean-logits"');
});

it('calibrates each member by what it gives for texts that say nothing', async () => {
  using backbone = await loadLanguageModel('bert');
  const { words, contentFree } = verbalizers;
  const options = { labels: Object.keys(words), words, template: '{text} It was {mask}.' };
  const task = verbalizedClassification<string>({ ...options, calibrate: contentFree });
  const models = [1, 2].map((seed) =>
    createModel({ backbone, method: windowMethod, config: { layers: 'all' }, task, seed }),
  );
  using ensemble = createEnsemble({ models, join: 'mean-probabilities' });
  const members = await Promise.all(models.map((model) => model.predict(rows)));
  for (const [row, { scores }] of (await ensemble.predict(rows)).entries()) {
    const own = members.map((predictions) => Object.values(predictions[row]?.scores ?? {}));
    expect(Object.values(scores)).toBeAllClose(mean(own), close);
    expect(own[0]).not.toBeAllClose(own[1] ?? [], close);
  }
});

describe('an ensemble is refused', () => {
  it('of one model, of other tasks or backbones, and of tasks whose predictions are not joined', () => {
    using backbone = createTinyBackbone();
    const one = prefixModel(backbone);
    const tagger = tagModel(backbone, 'prefix', 1);
    const other = prefixModel({ ...backbone, fingerprint: 'other' });
    const reader = createModel({ backbone, task: questionAnswering() });
    const gap = { ...one.parts, task: { ...one.task, condense: (logits: tf.Tensor) => logits } };
    const filler = new TunedModel(gap);
    expect(() => createEnsemble({ models: [filler, filler] })).toThrow('whole vocabulary');
    const crf = tokenClassification({ labels: ['O', 'B-X'], crf: true });
    const chain = createModel({ backbone, task: crf });
    expect(() => createEnsemble({ models: [chain, chain] })).toThrow('Tags that a CRF scores');
    expect(() => createEnsemble({ models: [one] })).toThrow('models: Expected two or more, got 1');
    expect(() => createEnsemble<unknown, unknown>({ models: [one, tagger] })).toThrow('1.task:');
    expect(() => createEnsemble({ models: [one, other] })).toThrow('1.backbone: Expected tiny');
    expect(() => createEnsemble({ models: [one, one], join: 'mean' as 'vote' })).toThrow('join:');
    expect(() => createEnsemble({ models: [reader, reader] })).toThrow(
      'Predictions of question-answering are not joined',
    );
  });
});
