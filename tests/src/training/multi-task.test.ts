import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Backbone,
  createMultiTaskModel,
  createPredictor,
  loadModel,
  multipleChoice,
  multiTaskRows,
  questionAnswering,
  regression,
  sequenceClassification,
  tokenClassification,
  train,
} from '@ptl/core';
import { createTinyBackbone } from '@ptl/core/testing';
import { useEngine } from '@ptl/node';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const tasks = {
  places: tokenClassification({ labels: ['O', 'B-PLACE'], crf: true }),
  moods: sequenceClassification({ labels: ['good', 'bad'] }),
  answers: questionAnswering(),
  grades: regression(),
  endings: multipleChoice(),
};
const texts = ['the film was good', 'a bad long time', 'it was a good place', 'bad film'];
const rows = multiTaskRows({
  places: [
    { tokens: ['a', 'good', 'place'], tags: ['O', 'O', 'B-PLACE'] },
    { tokens: ['it', 'was', 'long'], tags: ['O', 'O', 'O'] },
    { tokens: ['the', 'place', 'was', 'bad'], tags: ['O', 'B-PLACE', 'O', 'O'] },
  ],
  moods: texts.map((text) => ({ text, label: text.includes('good') ? 'good' : 'bad' }) as const),
  answers: [
    {
      question: 'was it long',
      context: 'a long time',
      answers: { text: ['long'], answerStart: [2] },
    },
    { question: 'good', context: 'the film', answers: { text: ['film'], answerStart: [4] } },
  ],
  grades: texts.map((text, value) => ({ text, value })),
  endings: [
    { text: 'the film was', choices: ['good', 'place'], label: 0 },
    { text: 'it was a', choices: ['was', 'time'], label: 1 },
  ],
});
const names = ['places', 'moods', 'answers', 'grades', 'endings'] as const;

let root = '';
beforeAll(async () => {
  await useEngine({ engine: 'wasm', onMessage: () => undefined });
  root = await mkdtemp(join(tmpdir(), 'ptl-multi-task-'));
});
afterAll(() => rm(root, { recursive: true }));

const create = {
  prefix: (backbone: Backbone) =>
    createMultiTaskModel({
      ...{ backbone, tasks, method: prefix },
      config: { prefixLength: 3, reparameterization: { hiddenSize: 6 } },
      taskPrompt: { prefixLength: 2 },
    }),
  'prompt tuning': (backbone: Backbone) =>
    createMultiTaskModel({
      ...{ backbone, tasks, method: promptTuning },
      config: { promptLength: 3, placement: 'end' },
      taskPrompt: { promptLength: 2 },
    }),
  'P-tuning': (backbone: Backbone) =>
    createMultiTaskModel({
      ...{ backbone, tasks, method: pTuning },
      config: { placement: 'front', promptLength: 3, encoderLayers: 1 },
      taskPrompt: { promptLength: 2, encoder: 'mlp' },
    }),
  'P-tuning v2': (backbone: Backbone) =>
    createMultiTaskModel({
      ...{ backbone, tasks, method: pTuningV2 },
      config: { promptLength: 3 },
      taskPrompt: { promptLength: 2 },
    }),
};

describe.each(Object.entries(create))('several tasks with %s', (name, createWith) => {
  it('are learnt together, each on, and served side by side', { timeout: 60_000 }, async () => {
    using backbone = createTinyBackbone();
    const weights = () =>
      backbone.parameters.map((parameter) => [...backbone.weight(parameter.name).dataSync()]);
    const before = weights();
    using model = createWith(backbone);
    const untrained = await model.evaluate(rows);
    const options = { batchSize: 4, learningRate: 0.03, seed: 1, progress: 'none' } as const;
    await train(model, { ...options, train: rows, epochs: 12 });
    const { loss, scores } = await model.evaluate(rows);
    expect(loss).toBeLessThan(untrained.loss);
    for (const task of names) expect(Object.keys(scores).join()).toContain(`${task}/`);

    using moods = model.taskModel('moods');
    const own = rows.flatMap((each) => (each.task === 'moods' ? [each.row] : []));
    const { loss: joint } = await moods.evaluate(own);
    await train(moods, { ...options, train: own, epochs: 5 });
    expect((await moods.evaluate(own)).loss).toBeLessThan(joint);
    expect(weights()).toEqual(before);

    const folder = join(root, name);
    await model.save(folder);
    using predictor = createPredictor({
      backbone,
      adapters: Object.fromEntries(names.map((task) => [task, join(folder, task)])),
    });
    const served = await predictor.predict(
      rows.map(({ task, row }) => ({ adapter: task, row: row as object })),
    );
    expect(served.filter(({ ok }) => !ok)).toEqual([]);
    using places = await loadModel(join(folder, 'places'), { backbone });
    expect(places.parts.tuner.promptLength).toBe(5);
    expect(places.parts.tuner.variables.parameterCount).toBe(0);
  });
});

describe('a shared prompt', () => {
  const { places, moods } = tasks;

  it('is refused where P-tuning v2 has a length for each kind, and taken where they are equal', () => {
    using backbone = createTinyBackbone();
    const lengths = { 'sequence-classification': 2, 'token-classification': 4 };
    const createWith = (promptLength: object) => {
      const config = { promptLength: promptLength as typeof lengths };
      return createMultiTaskModel({
        backbone,
        method: pTuningV2,
        config,
        tasks: { places, moods },
      });
    };
    expect(() => createWith(lengths)).toThrow('4 positions for token-classification');
    using model = createWith({ ...lengths, 'sequence-classification': 4 });
    using one = model.taskModel('moods');
    expect(one.parts.tuner.promptLength).toBe(4);
  });

  it('may be in a template, but not with a part for each task', async () => {
    using backbone = createTinyBackbone();
    const template = '{prompt:2} {text} was {prompt:1}';
    const options = { backbone, method: pTuning, config: { template }, tasks: { moods } };
    const partly = { ...options, taskPrompt: { template: '{prompt:1} {text}' } };
    expect(() => createMultiTaskModel(partly)).toThrow('Virtual tokens of templates');
    using model = createMultiTaskModel(options);
    using one = model.taskModel('moods');
    expect((await one.predict([{ text: 'bad film' }])).length).toBe(1);
  });
});
