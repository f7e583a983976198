import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel } from '../model/create-model.ts';
import { windowMethod } from '../model/window-method.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { computeGradients } from '../trainer/gradients.ts';
import { train } from '../trainer/train.ts';
import type { TrainEvent } from '../trainer/train-event.ts';
import type { Trainable } from '../trainer/trainable.ts';
import { multiTaskRows } from './multi-task-row.ts';
import {
  moodRows,
  placeRows,
  prefixTasks,
  rows,
  tasks,
  training,
  validation,
} from './multi-task-samples.ts';

beforeAll(() => tf.setBackend('cpu'));

const valuesOf = ({ trainableVariables }: Pick<Trainable, 'trainableVariables'>) =>
  Object.fromEntries([...trainableVariables].map(([name, value]) => [name, [...value.dataSync()]]));

/** The values of a task, by the names that a model of that task alone gives them. */
const valuesFor = (model: Pick<Trainable, 'trainableVariables'>, task: string) =>
  Object.fromEntries(
    Object.entries(valuesOf(model))
      .filter(([name]) => !name.startsWith('tasks/') || name.startsWith(`tasks/${task}/head/`))
      .map(([name, values]) => [name.replace(`tasks/${task}/`, ''), values]),
  );

describe('a model of several tasks', () => {
  it('has one prompt, and a head for each', () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    expect(model.tasks).toEqual(['places', 'moods']);
    expect([...model.trainableVariables.keys()]).toEqual([
      'tuner/table',
      'tasks/places/head/classifier/weight',
      'tasks/places/head/classifier/bias',
      'tasks/moods/head/classifier/weight',
      'tasks/moods/head/classifier/bias',
    ]);
  });

  it('learns from rows of one task as a model of that task alone, to the bit', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    using alone = model.taskModel('moods');
    const before = valuesFor(model, 'places');
    const { validation: _, ...options } = training;
    await train(model, { ...options, train: multiTaskRows({ moods: moodRows(6) }) });
    await train(alone, { ...options, train: moodRows(6) });
    expect(valuesFor(model, 'moods')).toEqual(valuesOf(alone));
    const { 'tuner/table': _prompt, ...head } = valuesFor(model, 'places');
    const { 'tuner/table': _before, ...untouched } = before;
    expect(head).toEqual(untouched);
  });

  it('moves the prompt and one head in each step', () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    const examples = model.encode(rows);
    for (const task of ['places', 'moods']) {
      const batch = examples.filter(({ dataSet }) => dataSet === task).slice(0, 4);
      using result = computeGradients(model, batch, 1);
      expect([...result.gradients.keys()]).toEqual([
        'tuner/table',
        `tasks/${task}/head/classifier/weight`,
        `tasks/${task}/head/classifier/bias`,
      ]);
      for (const gradient of result.gradients.values()) {
        expect(tf.tidy(() => tf.sum(tf.abs(gradient)).dataSync()[0])).toBeGreaterThan(0);
      }
    }
  });

  it('tells which data set each step was of, as often as the sampling asks for', async () => {
    const counts = async (sampling: 'proportional' | 'uniform' | { temperature: number }) => {
      using backbone = createTinyBackbone();
      using model = prefixTasks(backbone);
      const seen: string[] = [];
      const onEvent = (event: TrainEvent): void => {
        if (event.type === 'step') seen.push(event.dataSet ?? 'none');
      };
      await train(model, { ...training, sampling, onEvent });
      return ['places', 'moods'].map((task) => seen.filter((name) => name === task).length);
    };
    expect(await counts('proportional')).toEqual([3, 1]);
    expect(await counts('uniform')).toEqual([2, 2]);
  });

  it('draws a curve of the loss for each task', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    const drawn: string[] = [];
    const tensorBoard = { scalar: (name: string) => drawn.push(name), close: () => {} };
    await train(model, { ...training, log: { tensorBoard } });
    const times = (name: string) => drawn.filter((each) => each === name).length;
    expect(times('train/loss')).toBe(4);
    expect(times('train/loss/places')).toBe(3);
    expect(times('train/loss/moods')).toBe(1);
    expect(times('validation/moods/accuracy')).toBe(1);
  });

  it('weighs the losses of a task', async () => {
    using backbone = createTinyBackbone();
    using plain = prefixTasks(backbone);
    using weighted = prefixTasks(backbone, {}, { lossWeights: { moods: 0.25 } });
    const lossOf = (model: typeof plain, task: string) =>
      tf.tidy(() => {
        const examples = model.encode(rows).filter(({ dataSet }) => dataSet === task);
        const { sum, count } = model.loss(examples, 1);
        return (sum.dataSync()[0] ?? Number.NaN) / count;
      });
    expect(lossOf(weighted, 'places')).toBe(lossOf(plain, 'places'));
    expect(lossOf(weighted, 'moods')).toBeCloseTo(0.25 * lossOf(plain, 'moods'), 6);
    const [one, other] = [await plain.evaluate(validation), await weighted.evaluate(validation)];
    using moods = plain.taskModel('moods');
    const { loss } = await moods.evaluate(moodRows(3));
    expect(one.loss - other.loss).toBeCloseTo((0.75 * loss) / 2, 6);
    expect(other.scores).toEqual(one.scores);
  });

  it('scores each task, and their mean, which decides', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    const { scores, loss } = await model.evaluate(validation);
    using places = model.taskModel('places');
    using moods = model.taskModel('moods');
    const [first, second] = [
      await places.evaluate(placeRows(4)),
      await moods.evaluate(moodRows(3)),
    ];
    const named = (task: string, all: object) =>
      Object.entries(all).map(([name, value]) => [`${task}/${name}`, value]);
    expect(scores).toEqual({
      mean: ((first.scores['entityF1'] ?? 9) + (second.scores['accuracy'] ?? 9)) / 2,
      ...Object.fromEntries([...named('places', first.scores), ...named('moods', second.scores)]),
    });
    expect(loss).toBeCloseTo((first.loss + second.loss) / 2, 6);
    expect(model.primaryMetric).toBe('mean');
    const part = await model.evaluate(multiTaskRows({ moods: moodRows(3) }));
    expect(part.scores['mean']).toBe(second.scores['accuracy']);
  });

  it('ends with the best mean, and stops early by it', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    const options = { ...training, epochs: 20, learningRate: 0.1, earlyStopping: { patience: 1 } };
    const report = await train(model, options);
    expect(report.stoppedBy).toBe('early-stopping');
    const best = Math.max(...report.history.map(({ scores }) => scores['mean'] ?? 0));
    expect(report.best?.scores['mean']).toBe(best);
    expect((await model.evaluate(validation)).scores['mean']).toBe(best);
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const trained = async (seed: number) => {
      using backbone = createTinyBackbone();
      using model = prefixTasks(backbone, {}, { seed });
      await train(model, { ...training, seed });
      return valuesOf(model);
    };
    const first = await trained(1);
    expect(await trained(1)).toEqual(first);
    expect(await trained(2)).not.toEqual(first);
  });

  it('leaves the backbone as it was', async () => {
    using backbone = createTinyBackbone();
    const weights = () =>
      backbone.parameters.map(({ name }) => tf.tidy(() => [...backbone.weight(name).dataSync()]));
    const before = weights();
    using model = prefixTasks(backbone);
    await train(model, { ...training, learningRate: 0.1 });
    expect(weights()).toEqual(before);
  });

  it('remembers what the layers below all prompts give, for each task', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone, { layers: { last: 1 } });
    const examples = model.encode(rows);
    const options = { batchSize: 3, maxBytes: 1e6, folder: undefined };
    const cache = model.frozenCache({ ...options, examples });
    for (const task of ['places', 'moods']) {
      const batch = examples.filter(({ dataSet }) => dataSet === task).slice(0, 2);
      const states = await cache?.states(batch);
      expect(states?.layer).toBe(1);
      expect(states?.shape[0]).toBe(2);
    }
    expect(cache?.bytes).toBeGreaterThan(0);
    using whole = prefixTasks(backbone);
    expect(whole.frozenCache({ ...options, examples: whole.encode(rows) })).toBeNull();
  });

  it('learns the same with what the frozen layers gave remembered', async () => {
    const trained = async (cache: 'auto' | 'off') => {
      using backbone = createTinyBackbone();
      using model = prefixTasks(backbone, { layers: { last: 1 } });
      const report = await train(model, { ...training, epochs: 2, cache });
      return { values: valuesOf(model), history: report.history };
    };
    expect(await trained('auto')).toEqual(await trained('off'));
  });

  it('shares trained weights of the backbone, too', async () => {
    using backbone = createTinyBackbone();
    const name = 'encoder.layer.1.output.dense.bias';
    using model = prefixTasks(backbone, { unfrozen: [name] });
    await train(model, training);
    using moods = model.taskModel('moods');
    const [own, copy] = [model, moods].map((each) => valuesOf(each)[`backbone/${name}`]);
    expect(copy).toEqual(own);
    expect(own).not.toEqual([...backbone.weight(name).dataSync()]);
  });

  it('keeps no tensor', async () => {
    using backbone = createTinyBackbone();
    const run = async (): Promise<void> => {
      using model = prefixTasks(backbone, { layers: { last: 1 } }, { taskPrompt: { length: 2 } });
      await train(model, training);
      using places = model.taskModel('places');
      await places.evaluate(placeRows(3));
    };
    await run();
    const { numTensors } = tf.memory();
    await run();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('a model of one of the tasks', () => {
  it('starts from the shared prompt and the head, and leaves the others alone', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    await train(model, training);
    using places = model.taskModel('places');
    expect(valuesOf(places)).toEqual(valuesFor(model, 'places'));
    const before = valuesOf(model);
    const report = await train(places, {
      ...{ train: placeRows(6), validation: placeRows(4), batchSize: 3, epochs: 1, seed: 1 },
      progress: 'none',
    });
    expect(report.steps).toBe(2);
    expect(valuesOf(places)).not.toEqual(valuesFor(model, 'places'));
    expect(valuesOf(model)).toEqual(before);
    using again = model.taskModel('places');
    expect(valuesOf(again)).toEqual(valuesFor(model, 'places'));
  });

  it('is what createModel makes, but for its values', () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone, { length: 4 });
    using places = model.taskModel('places');
    const config = { layers: 'all', length: 4 } as const;
    using alone = createModel({
      backbone,
      method: windowMethod,
      config,
      task: tasks.places,
      seed: 7,
    });
    expect(places.description).toEqual(alone.description);
    expect(places.parameters).toEqual(alone.parameters);
  });
});
