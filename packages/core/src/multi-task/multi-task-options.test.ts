import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import { defineMethod } from '../contract/method.ts';
import { windowMethod } from '../model/window-method.ts';
import { bareMethod } from '../testing/bare-method.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { train } from '../trainer/train.ts';
import { createMultiTaskModel } from './create-multi-task-model.ts';
import { multiTaskRows } from './multi-task-row.ts';
import { moodRows, prefixTasks, rows, tasks, training } from './multi-task-samples.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Longer prefixes for tags than for texts. */
const byKind = defineMethod({
  ...windowMethod,
  createTuner: ({ config, ...context }) => {
    const length = context.task.kind === 'token-classification' ? 4 : 2;
    return windowMethod.createTuner({ ...context, config: { ...config, layers: 'all', length } });
  },
});

describe('the options of several tasks', () => {
  const options = { method: bareMethod, tasks };

  it.each([
    [{ tasks: {} }, 'tasks: There must be at least one task.'],
    [{ tasks: { 'a/b': tasks.moods } }, 'tasks.a/b: Expected a name'],
    [{ tasks: { training: tasks.moods } }, 'tasks.training: Expected a name'],
    [{ lossWeights: { moods: 0 } }, 'lossWeights.moods: Expected a positive number, got 0.'],
    [
      { lossWeights: { mood: 1 } },
      'lossWeights.mood: There is no such task. Tasks: places, moods.',
    ],
    [{ method: undefined, taskPrompt: {} }, 'taskPrompt: It needs a method.'],
  ])('are refused: %#', (changes, expected) => {
    using backbone = createTinyBackbone();
    const { numTensors } = tf.memory();
    const create = () => createMultiTaskModel({ backbone, ...options, ...(changes as object) });
    expect(create).toThrow(expected);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('name a row of a task that the model does not have', () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    const stray = [...rows.slice(0, 2), { task: 'mood', row: {} }] as unknown as typeof rows;
    expect(() => model.encode(stray)).toThrow(
      'Row 2: there is no task "mood"; the model has places, moods.',
    );
    expect(() => model.taskModel('mood' as 'moods')).toThrow('There is no task "mood".');
  });

  it('have no sampling where there is one data set', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone);
    const one = multiTaskRows({ moods: moodRows(3) });
    const error = await train(model, { ...training, train: one, sampling: 'uniform' }).catch(
      (reason: unknown) => reason,
    );
    expect(isPtlError(error, 'CONFIG_INVALID')).toBe(true);
    expect(String(error)).toContain('sampling: It needs rows of several data sets.');
  });

  it('are refused where the prompt would be another for another kind', () => {
    using backbone = createTinyBackbone();
    const { numTensors } = tf.memory();
    expect(() => createMultiTaskModel({ backbone, method: byKind, tasks })).toThrow(
      'would have 4 positions for token-classification, 2 positions for sequence-classification: give it one length.',
    );
    expect(tf.memory().numTensors).toBe(numTensors);
    const both = { moods: tasks.moods, more: tasks.moods };
    using model = createMultiTaskModel({ backbone, method: byKind, tasks: both });
    expect(model.trainableVariables.get('tuner/table')?.shape).toEqual([2, 32]);
  });

  it('tell the shared prompt the labels of all, and the own one those of its task', () => {
    using backbone = createTinyBackbone();
    const told: string[] = [];
    const method = defineMethod({
      ...windowMethod,
      createTuner(context) {
        told.push(context.task.labels.join());
        return windowMethod.createTuner(context);
      },
    });
    using _model = createMultiTaskModel({ backbone, method, taskPrompt: { length: 2 }, tasks });
    const all = 'O,B-X,I-X,good,bad';
    expect(told).toEqual([all, all, 'O,B-X,I-X', 'good,bad']);
  });

  it('have heads alone where there is no method', async () => {
    using backbone = createTinyBackbone();
    using model = createMultiTaskModel({ backbone, tasks, seed: 2 });
    expect([...model.trainableVariables.keys()].every((name) => name.includes('/head/'))).toBe(
      true,
    );
    const before = await model.evaluate(rows);
    await train(model, { ...training, epochs: 3, learningRate: 0.1 });
    expect((await model.evaluate(rows)).loss).toBeLessThan(before.loss);
  });
});
