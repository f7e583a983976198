import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import type { Batch } from '../contract/batch.ts';
import { createModel } from '../model/create-model.ts';
import { loadAdapter } from '../model/load-adapter.ts';
import { loadModel } from '../model/load-model.ts';
import { bareMethod } from '../testing/bare-method.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { train } from '../trainer/train.ts';
import { multiLabelClassification } from './multi-label-classification.ts';
import { regression } from './regression.ts';
import { sequenceClassification } from './sequence-classification.ts';

const config = { layout: { kind: 'placed', at: 'front', length: 2 } } as const;
const row = { inputIds: [1], tokenTypeIds: [0], slots: [], truncatedTokens: 0 };
const batch = {} as Batch; // No task here looks at it.
const valueRows = [
  { text: 'the film was good', value: 2 },
  { text: 'a long bad time', value: -1 },
  { text: 'it was a good place', textPair: 'a good time', value: 1 },
];
const setRows = [
  { text: 'the film was good', labels: ['good', 'film'] },
  { text: 'a long bad time', labels: [] },
  { text: 'it was a good place', labels: ['good'] },
];

let folder = '';
let backbone: Backbone;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-problems-'));
  backbone = createTinyBackbone();
});
afterAll(async () => {
  backbone[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

describe('regression', () => {
  it('has the mean squared error of PyTorch', () => {
    const examples = [1, 0, 4].map((target) => ({ row, target }));
    const { sum, count } = regression().loss(tf.tensor2d([[1.5], [-2], [0.25]]), examples, batch);
    // torch.nn.functional.mse_loss
    expect((sum.dataSync()[0] ?? 0) / count).toBeCloseTo(6.1041665, 5);
  });

  it('scores both correlations, of which only Pearson’s asks for a line', () => {
    const gold = [1, 2, 3, 4];
    const predictions = [1, 2, 3, 10].map((value) => ({ value }));
    const rows = gold.map((value) => ({ text: '', value }));
    const { pearson, spearman, meanSquaredError } = regression().score(predictions, rows);
    // scipy.stats.pearsonr
    expect(pearson).toBeCloseTo(0.8854377, 6);
    expect(spearman).toBeCloseTo(1, 12);
    expect(meanSquaredError).toBe(9);
  });

  it('learns values, and predicts the same after it was saved and loaded', async () => {
    using model = createModel({ backbone, method: bareMethod, config, task: regression() });
    const before = await model.evaluate(valueRows);
    await train(model, { train: valueRows, epochs: 60, learningRate: 0.1 });
    const { scores, loss } = await model.evaluate(valueRows);
    expect(loss).toBeLessThan(before.loss / 2);
    expect(scores['meanSquaredError']).toBeCloseTo(loss, 5);
    expect(scores['pearson']).toBeGreaterThan(0.5);
    await model.save(join(folder, 'values'));
    using loaded = await loadModel(join(folder, 'values'), { backbone });
    expect(await loaded.predict(valueRows)).toEqual(await model.predict(valueRows));
  });

  it('reads the adapter that it wrote for PEFT, if it is told what it is', async () => {
    const task = regression();
    using model = createModel({ backbone, method: bareMethod, config, task, semantics: 'peft' });
    const place = join(folder, 'peft-values');
    await model.save(place, { exportPeft: 'required' });
    using read = await loadAdapter(backbone, place, { task });
    expect(await read.predict(valueRows)).toEqual(await model.predict(valueRows));
    await expect(loadAdapter(backbone, place)).rejects.toThrow(/1 labels; PTL reads classifiers/);
    using classifier = createModel({
      backbone,
      method: bareMethod,
      config,
      task: sequenceClassification({ labels: ['a', 'b'] }),
      semantics: 'peft',
    });
    await classifier.save(join(folder, 'peft-classes'));
    const loading = loadAdapter(backbone, join(folder, 'peft-classes'), { task });
    await expect(loading).rejects.toThrow(/its head has 2 outputs; a regression has 1/);
  });

  it.each([{ text: 'a' }, { text: 'a', value: '1' }, { text: 'a', value: Number.NaN }])(
    'refuses the row %j',
    (wrong) => {
      const rows = [wrong as (typeof valueRows)[number]]; // Rows from outside may be anything.
      using model = createModel({ backbone, method: bareMethod, task: regression() });
      expect(() => model.encode(rows)).toThrow(expect.objectContaining({ code: 'ROW_INVALID' }));
    },
  );
});

describe('multi-label classification', () => {
  const labels = ['good', 'bad', 'film'];

  it('has the mean binary cross-entropy of PyTorch', () => {
    const examples = [[0, 2], []].map((target) => ({ row, target }));
    const logits = tf.tensor2d([
      [1, -2, 0.5],
      [0, 3, -1],
    ]);
    const { sum, count } = multiLabelClassification({ labels }).loss(logits, examples, batch);
    // torch.nn.functional.binary_cross_entropy_with_logits
    expect((sum.dataSync()[0] ?? 0) / count).toBeCloseTo(0.8282105, 5);
  });

  it('gives each label from its own threshold on', () => {
    const logits = Float32Array.of(0.1, -0.1, 3);
    const chosen = (thresholds?: number | Record<string, number>) =>
      multiLabelClassification({ labels, thresholds }).decode(
        logits,
        [1, 3],
        [{ row, target: [] }],
      )[0];
    expect(chosen()?.labels).toEqual(['good', 'film']);
    expect(chosen(0.6)?.labels).toEqual(['film']);
    expect(chosen({ bad: 0.4, film: 0.99 })?.labels).toEqual(['good', 'bad']);
    const even = Float32Array.of(0, -1e-4, -3);
    const [half] = multiLabelClassification({ labels }).decode(even, [1, 3], [{ row, target: [] }]);
    expect(half?.labels).toEqual(['good']);
    // scipy.special.expit
    expect(chosen()?.scores['film']).toBeCloseTo(0.9525741268, 7);
  });

  it('scores the sets that were predicted against those that are right', () => {
    const made = [['good'], ['bad', 'film'], []].map((own) => ({ labels: own, scores: {} }));
    const right = [['good'], ['bad'], ['film']].map((own) => ({ text: '', labels: own }));
    const task = multiLabelClassification<string>({ labels });
    // Of three pairs of row and label that are predicted, and three that are right, two are both.
    expect(task.score(made, right)).toEqual({
      microF1: 4 / 6,
      macroF1: 2 / 3,
      accuracy: 1 / 3,
    });
  });

  it('learns sets, and predicts the same after it was saved and loaded', async () => {
    const task = multiLabelClassification({ labels, thresholds: { film: 0.3 } });
    using model = createModel({ backbone, method: bareMethod, config, task });
    const before = await model.evaluate(setRows);
    await train(model, { train: setRows, epochs: 20, learningRate: 0.1 });
    const { scores, loss } = await model.evaluate(setRows);
    expect(loss).toBeLessThan(before.loss / 2);
    expect(scores['microF1']).toBeGreaterThan(0.8);
    const place = join(folder, 'sets');
    await model.save(place);
    using loaded = await loadModel(place, { backbone });
    expect(loaded.task.options).toEqual(task.options);
    expect(await loaded.predict(setRows)).toEqual(await model.predict(setRows));
    const single = sequenceClassification({ labels });
    await expect(loadModel(place, { backbone, task: single })).rejects.toThrow(
      /trained for sequence-classification \(multi_label_classification\)/,
    );
  });

  it('refuses thresholds that are none, and rows with other labels', () => {
    const create = (thresholds: number | Record<string, number>) => () =>
      multiLabelClassification({ labels, thresholds });
    expect(create({ god: 0.5 })).toThrow('thresholds.god: The task has no label "god".');
    expect(create(2)).toThrow('CONFIG_INVALID');
    const task = multiLabelClassification({ labels });
    using model = createModel({ backbone, method: bareMethod, task });
    expect(() => model.encode([{ text: 'a', labels: ['god'] }])).toThrow('Did you mean "good"?');
    const wrong = [{ text: 'a', labels: 'good' as never }];
    expect(() => model.encode(wrong)).toThrow('"labels" must be an array of strings');
  });
});
