import {
  type Backbone,
  createModel,
  loadModel,
  multipleChoice,
  type Task,
  type TunedModel,
  train,
  wordInContext,
} from '@ptl/core';
import { useEngine } from '@ptl/node';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTinyCheckpoint } from '../../../packages/core/src/backbone/tiny-checkpoint.ts';
import { choiceRows } from '../../../packages/core/src/task/multiple-choice/choice-case.ts';
import { wordRows } from '../../../packages/core/src/task/word-in-context/word-case.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';

// A model of one task is trained and asked with its own rows only.
const tasks: Readonly<Record<string, { task: Task; rows: readonly unknown[] }>> = {
  'multiple choice': { task: multipleChoice() as Task, rows: choiceRows },
  'words in context': { task: wordInContext() as Task, rows: wordRows },
  'quoted words in context': { task: wordInContext({ marks: 'quoted' }) as Task, rows: wordRows },
};
const methods: Readonly<Record<string, (backbone: Backbone, task: Task) => TunedModel>> = {
  prefix: (backbone, task) =>
    createModel({
      backbone,
      task,
      method: prefix,
      config: { prefixLength: 3, reparameterization: { hiddenSize: 8 } },
      seed: 1,
    }),
  'prompt tuning': (backbone, task) =>
    createModel({ backbone, task, method: promptTuning, config: { promptLength: 3 }, seed: 1 }),
  'P-tuning': (backbone, task) =>
    createModel({
      backbone,
      task,
      method: pTuning,
      config: { template: '{prompt:2} {text} {prompt:1} {text_pair}', encoder: 'mlp' },
      seed: 1,
    }),
  'P-tuning v2': (backbone, task) =>
    createModel({
      backbone,
      task,
      method: pTuningV2,
      config: { promptLength: 3, dropout: 0, frozenDropout: false },
      seed: 1,
    }),
};
const timeout = 60_000;

const root = makeTemporaryFolder();
const backbones: Backbone[] = [];
beforeAll(async () => {
  await useEngine({ engine: 'wasm', onMessage: () => undefined });
  const changes = { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
  for (const source of ['backbones/bert', 'qwen3'])
    backbones.push(await loadTinyCheckpoint({ source, changes, head: {} }));
});
afterAll(() => {
  for (const backbone of backbones) backbone[Symbol.dispose]();
  root[Symbol.dispose]();
});

const valuesOf = (model: TunedModel): Map<string, string> =>
  new Map([...model.trainableVariables].map(([name, one]) => [name, one.dataSync().join()]));

describe.each(Object.entries(tasks))('%s', (kind, { task, rows }) => {
  it.each(
    Object.entries(methods).flatMap(([method, create]) =>
      (['an encoder', 'a decoder'] as const).map((on) => [method, on, create] as const),
    ),
  )(
    'is learnt by %s on %s, and the same from a folder',
    async (method, on, create) => {
      const backbone = backbones[on === 'an encoder' ? 0 : 1];
      if (!backbone) throw new TypeError('There is no backbone.');
      using model = create(backbone, task);
      const before = await model.evaluate(rows);
      const initial = valuesOf(model);
      const settings = { epochs: 16, learningRate: 0.03, progress: 'none', seed: 2 } as const;
      await train(model, { train: rows, batchSize: 4, ...settings });
      expect((await model.evaluate(rows)).loss).toBeLessThan(0.7 * before.loss);
      const still = [...valuesOf(model)].filter(([name, values]) => initial.get(name) === values);
      // The bias adds as much to all choices of a row, and moves by rounding errors, if at all.
      const idle = kind === 'multiple choice' ? ['head/classifier/bias'] : [];
      expect(idle).toEqual(expect.arrayContaining(still.map(([name]) => name)));
      const place = `${root.path}/${kind}-${method}-${on}`;
      await model.save(place);
      using loaded = await loadModel(place, { backbone });
      expect(await loaded.predict(rows as object[])).toEqual(await model.predict(rows as object[]));
    },
    timeout,
  );
});

it(
  'choices are trained on after a stop as if there had been none',
  async () => {
    const [backbone] = backbones;
    const create = methods['P-tuning v2'];
    if (!backbone || !create) throw new TypeError('There is no model.');
    const { task, rows } = tasks['multiple choice'] ?? {};
    const run = async (folder: string, stopAt: number | null) => {
      using model = create(backbone, task as Task);
      const controller = new AbortController();
      await train(model, {
        train: rows as readonly unknown[],
        epochs: 3,
        batchSize: 1,
        gradientAccumulation: 2,
        learningRate: 0.05,
        seed: 4,
        progress: 'none',
        checkpoint: { folder, resume: true },
        signal: controller.signal,
        onEvent: ({ type, step }) => {
          if (type === 'step' && step === stopAt) controller.abort();
        },
      });
      return valuesOf(model);
    };
    const whole = await run(`${root.path}/whole`, null);
    const parted = `${root.path}/parted`;
    await expect(run(parted, 3)).rejects.toThrow('ABORTED');
    expect(await run(parted, null)).toEqual(whole);
  },
  timeout,
);
