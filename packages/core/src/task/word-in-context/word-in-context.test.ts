import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../backbone/backbone.ts';
import { loadTinyCheckpoint } from '../../backbone/tiny-checkpoint.ts';
import type { Batch } from '../../contract/batch.ts';
import { createModel } from '../../model/create-model.ts';
import { loadModel } from '../../model/load-model.ts';
import { createPredictor } from '../../predictor/create-predictor.ts';
import { toBeAllClose } from '../../testing/all-close.ts';
import { bareMethod } from '../../testing/bare-method.ts';
import { train } from '../../trainer/train.ts';
import { sequenceClassification } from '../sequence-classification.ts';
import type { WordInContextOptions } from './options.ts';
import { wordRows as rows } from './word-case.ts';
import { wordInContext } from './word-in-context.ts';

expect.extend({ toBeAllClose });

const allMarks = ['pooled', 'quoted', 'named'] as const;
const layout = { kind: 'placed', at: 'front', length: 2 } as const;

let folder = '';
let backbone: Backbone;
let decoder: Backbone;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-words-'));
  const changes = { hidden_dropout_prob: 0 };
  backbone = await loadTinyCheckpoint({ source: 'backbones/bert', changes, head: {} });
  decoder = await loadTinyCheckpoint({ source: 'qwen3', changes: {}, head: {} });
});
afterAll(async () => {
  backbone[Symbol.dispose]();
  decoder[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const create = (options: WordInContextOptions<'false' | 'true'> = {}) =>
  createModel({
    backbone,
    method: bareMethod,
    config: { layout },
    task: wordInContext(options),
    seed: 3,
  });

describe.each(allMarks)('words in context that are %s', (marks) => {
  it('learn, and are the same after they were saved and loaded', async () => {
    using model = create({ marks });
    const before = await model.evaluate(rows);
    await train(model, { train: rows, epochs: 15, learningRate: 0.1, progress: 'none' });
    const { loss, scores } = await model.evaluate(rows);
    expect(loss).toBeLessThan(before.loss / 2);
    expect(scores['accuracy']).toBe(1);
    const place = join(folder, marks);
    await model.save(place);
    using loaded = await loadModel(place, { backbone });
    expect(loaded.task.options).toEqual({
      labels: ['false', 'true'],
      marks,
      problemType: 'word_in_context',
    });
    expect(await loaded.predict(rows)).toEqual(await model.predict(rows));
    const other = wordInContext({ marks: marks === 'named' ? 'quoted' : 'named' });
    await expect(loadModel(place, { backbone, task: other })).rejects.toThrow(
      `trained for sequence-classification (word_in_context, ${marks})`,
    );
  }, 30_000);

  it('are told apart by where the words stand', async () => {
    using model = create({ marks });
    const row = { text: 'a film, a film', textPair: 'bad film', spanPair: [4, 8] } as const;
    const [one, other] = await model.logits([
      { ...row, span: [2, 6] },
      { ...row, span: [10, 14] },
    ]);
    const isSame = one?.values.join() === other?.values.join();
    // Naming a word does not tell which of two is meant.
    expect(isSame).toBe(marks === 'named');
  });

  it('get in a mixed batch what they get alone', async () => {
    using model = create({ marks });
    const task = sequenceClassification({ labels: ['a', 'b', 'c'] });
    const config = { layout: { ...layout, length: 5 } };
    using texts = createModel({ backbone, method: bareMethod, config, task, seed: 1 });
    using predictor = createPredictor({ backbone, adapters: { words: model, texts } });
    const requests = rows.flatMap((row) => [
      { adapter: 'words', row } as const,
      { adapter: 'texts', row: { text: row.text } } as const,
    ]);
    const results = await predictor.logits(requests);
    const alone = await model.logits(rows);
    for (const [index, { values }] of alone.entries()) {
      const result = results[2 * index];
      expect(result?.ok && result.value.values).toBeAllClose(values, { absolute: 1e-5 });
    }
  });

  it('run on a decoder', async () => {
    using model = createModel({ backbone: decoder, task: wordInContext({ marks }), seed: 3 });
    const [alone] = await model.logits(rows.slice(0, 1));
    const [beside] = await model.logits(rows);
    expect(beside?.values).toBeAllClose(alone?.values ?? [], { absolute: 1e-5 });
  });
});

it('reads the last token of a decoder beside the words', async () => {
  using model = createModel({ backbone: decoder, task: wordInContext(), seed: 3 });
  const [row] = rows;
  const longer = { ...row, textPair: `${row?.textPair} bad` };
  const [one, other] = await model.logits([row ?? {}, longer]);
  // The words come before what was added, so that a decoder has them as they were.
  expect(one?.values).not.toBeAllClose(other?.values ?? [], { absolute: 1e-4 });
});

describe('what is read of marked words', () => {
  const textOf = (marks: (typeof allMarks)[number]): string => {
    using model = create({ marks });
    const [example] = model.encode(rows.slice(0, 1));
    const { inputIds = [], slots = [] } = example?.example.row ?? {};
    return inputIds
      .filter((_, position) => !slots.includes(position))
      .map((id) => backbone.tokenizer.idToToken(id))
      .join(' ');
  };

  it('is the texts as they are, with quotes, or behind their words', () => {
    expect(textOf('pooled')).toBe('[CLS] a good film [SEP] the good time [SEP]');
    // The tiny vocabulary has neither quotes nor a colon.
    expect(textOf('quoted')).toBe(
      '[CLS] a [UNK] good [UNK] film [SEP] the [UNK] good [UNK] time [SEP]',
    );
    expect(textOf('named')).toBe(
      '[CLS] good [UNK] a good film [SEP] good [UNK] the good time [SEP]',
    );
  });

  it('is three hidden states side by side, or the summary alone', () => {
    const sizes = allMarks.map((marks) => {
      using model = create({ marks });
      return model.trainableVariables.get('head/classifier/weight')?.shape;
    });
    expect(sizes).toEqual([
      [2, 120],
      [2, 40],
      [2, 40],
    ]);
  });

  it('takes other labels, names and smoothing', async () => {
    const labels = ['same', 'other', 'related'] as const;
    const task = wordInContext({ labels, name: 'senses', labelSmoothing: 0.5 });
    using model = createModel({ backbone, task });
    const labelled = rows.map((row) => ({ ...row, label: 'same' as const }));
    const [prediction] = await model.predict(labelled);
    expect(Object.keys(prediction?.scores ?? {})).toEqual(labels);
    const wrong = [{ ...rows[0], label: 'true' } as never];
    expect(() => model.encode(wrong)).toThrow('Row 0 of "senses": the task has no label "true"');
    using plain = createModel({ backbone, task: wordInContext({ labels }) });
    const [smooth, sharp] = [await model.evaluate(labelled), await plain.evaluate(labelled)];
    expect(smooth.loss).not.toBe(sharp.loss);
    expect(() => wordInContext({ marks: 'bold' as never })).toThrow('CONFIG_INVALID');
  });
});

it('weighs and smooths labels as a classification of texts does', () => {
  const options = { labelWeights: { true: 3 }, labelSmoothing: 0.25 };
  const labels = ['false', 'true'] as const;
  const row = { inputIds: [1], tokenTypeIds: [0], slots: [], truncatedTokens: 0 };
  const examples = [0, 1, 1].map((target) => ({ row, target }));
  const batch = {} as Batch; // Neither task looks at it.
  tf.tidy(() => {
    const logits = tf.tensor2d([
      [1, 0],
      [0.5, 2],
      [3, -1],
    ]);
    const own = wordInContext(options).loss(logits, examples, batch);
    const wanted = sequenceClassification({ labels, ...options }).loss(logits, examples, batch);
    expect([own.count, own.sum.dataSync()[0]]).toEqual([7, wanted.sum.dataSync()[0]]);
    const plain = wordInContext().loss(logits, examples, batch);
    expect([plain.count, plain.sum.dataSync()[0]]).not.toEqual([7, own.sum.dataSync()[0]]);
  });
});

describe('PEFT', () => {
  it('cannot read pooled words, and can read what is written into the texts', async () => {
    using pooled = create();
    const place = join(folder, 'peft');
    await expect(pooled.save(place, { exportPeft: 'required' })).rejects.toThrow(
      'PEFT has no head that reads marked words.',
    );
    await pooled.save(place);
    expect(existsSync(join(place, 'adapter_config.json'))).toBe(false);
    const task = wordInContext({ marks: 'quoted' });
    const config = { layout };
    using quoted = createModel({ backbone, method: bareMethod, config, task, semantics: 'peft' });
    await quoted.save(place, { exportPeft: 'required' });
    expect(existsSync(join(place, 'adapter_config.json'))).toBe(true);
  });
});
