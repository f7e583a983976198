import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import { loadModel } from '../model/load-model.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { train } from '../trainer/train.ts';
import {
  moodRows,
  placeRows,
  prefixTasks,
  tasks,
  training,
  validation,
} from './multi-task-samples.ts';

let root = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'ptl-multi-task-'));
});
afterAll(() => rm(root, { recursive: true }));

type Options = Partial<Parameters<typeof train>[1]> & { lossWeights?: { moods?: number } };

/** Trains for eight steps, or until the step `last` was done. */
async function run(folder: string, { lossWeights = {}, ...options }: Options = {}, last?: number) {
  const controller = new AbortController();
  using backbone = createTinyBackbone();
  using model = prefixTasks(backbone, {}, { taskPrompt: { length: 2 }, lossWeights });
  return await train(model, {
    ...{ ...training, epochs: 2, sampling: { temperature: 3 } },
    ...(options as object),
    checkpoint: { folder, every: { steps: 3 }, resume: true },
    signal: controller.signal,
    onEvent: ({ type, step }) => {
      if (type === 'step' && step === last) controller.abort();
    },
  }).catch((error: unknown) => error);
}

/** What a run left, without the times, which differ. */
async function left(folder: string): Promise<unknown> {
  const text = await readFile(join(folder, 'training/state.json'), 'utf8');
  const { state, ...rest } = JSON.parse(text);
  const { milliseconds: _, millisecondsPerStep: __, ...kept } = state;
  const names = [
    'training/state.safetensors',
    'places/adapter_model.safetensors',
    'moods/ptl.json',
  ];
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'hex')));
  return { state: kept, ...rest, files };
}

describe('a checkpoint of several tasks', () => {
  it('is resumed to the same bits, whichever step the run was stopped at', async () => {
    const whole = join(root, 'whole');
    await run(whole);
    const expected = await left(whole);
    for (const last of [1, 4, 6]) {
      const folder = join(root, `stopped-${last}`);
      expect(isPtlError(await run(folder, {}, last), 'ABORTED')).toBe(true);
      await run(folder);
      expect(await left(folder), `stopped after ${last}`).toEqual(expected);
    }
  }, 30_000);

  it.each([
    [{ sampling: 'uniform' }, 'sampling was {"temperature":3} and is "uniform"'],
    [{ lossWeights: { moods: 2 } }, 'model.tasks.moods.lossWeight was 1 and is 2'],
    [{ validation: validation.slice(1) }, 'the validation rows are others'],
  ] as const)('is not resumed with other options: %#', async (options, expected) => {
    const folder = join(root, 'whole');
    const error = await run(folder, options as Options);
    expect(isPtlError(error, 'CHECKPOINT_INVALID')).toBe(true);
    expect(String(error)).toContain(expected);
  });

  it('knows how many steps each head was left out of', async () => {
    const { state } = JSON.parse(await readFile(join(root, 'whole/training/state.json'), 'utf8'));
    const { 'tasks/places/head/classifier/bias': places, 'tasks/moods/tuner/table': moods } =
      state.missed;
    expect(state.missed['tuner/table']).toBeUndefined();
    expect(places).toBeGreaterThan(0);
    expect(places + moods).toBe(state.step);
  });

  it('holds a model of each task', async () => {
    const folder = join(root, 'whole');
    expect((await readdir(folder)).toSorted()).toEqual(['moods', 'places', 'training']);
    using backbone = createTinyBackbone();
    using moods = await loadModel(join(folder, 'moods'), { backbone, task: tasks.moods });
    expect((await moods.predict(moodRows(2))).length).toBe(2);
    const { scores } = JSON.parse(await readFile(join(folder, 'moods/ptl.json'), 'utf8'));
    expect(scores).toEqual((await moods.evaluate(moodRows(3))).scores);
  });
});

describe('saved tasks', () => {
  it('give what the models of the tasks give, from a folder each', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone, {}, { taskPrompt: { length: 2 } });
    const folder = join(root, 'saved');
    await model.save(folder);
    using copy = model.taskModel('places');
    await copy.save(join(root, 'alone'));
    const expected = await copy.logits(placeRows(4));
    for (const place of [join(folder, 'places'), join(root, 'alone')]) {
      using loaded = await loadModel(place, { backbone, task: tasks.places });
      expect(await loaded.logits(placeRows(4))).toEqual(expected);
      expect(loaded.parts.tuner.promptLength).toBe(5);
    }
    expect((await readdir(folder)).toSorted()).toEqual(['moods', 'places']);
    const config = await readFile(join(folder, 'places/adapter_config.json'), 'utf8');
    expect(JSON.parse(config).num_virtual_tokens).toBe(5);
  });

  it('do not replace a folder of other things', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    await model.save(join(root, 'parent/inner'));
    await expect(model.save(join(root, 'parent'))).rejects.toThrow('holds other things');
  });
});
