import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { combineAdapters } from '../model/combine-adapters.ts';
import { createModel } from '../model/create-model.ts';
import type { TunedModel } from '../model/tuned-model.ts';
import { windowMethod } from '../model/window-method.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { bareMethod } from '../testing/bare-method.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { computeGradients } from '../trainer/gradients.ts';
import { train } from '../trainer/train.ts';
import { createMultiTaskModel } from './create-multi-task-model.ts';
import { moodRows, placeRows, prefixTasks, rows, tasks, training } from './multi-task-samples.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

/** Gives variables the values of those of another model. */
function assign(
  target: TunedModel,
  values: ReadonlyMap<string, tf.Variable>,
  renamed: (name: string) => string,
): void {
  for (const [name, variable] of target.trainableVariables) {
    const value = values.get(renamed(name));
    if (!value) throw new TypeError(`Nothing is called ${renamed(name)}.`);
    variable.assign(value);
  }
}

const at = (place: 'front' | 'after-first' | 'end', length: number) =>
  ({ layout: { kind: 'placed', at: place, length } }) as const;

describe('a prompt of a shared part and one of the task', () => {
  it('trains the shared part, and in each step one of the others', () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone, {}, { taskPrompt: { length: 2 } });
    expect([...model.trainableVariables.keys()].filter((name) => !name.includes('head'))).toEqual([
      'tuner/table',
      'tasks/places/tuner/table',
      'tasks/moods/tuner/table',
    ]);
    const shapes = [...model.trainableVariables.values()].map(({ shape }) => shape);
    expect(shapes[0]).toEqual([3, 32]);
    expect(shapes[1]).toEqual([2, 32]);
    const batch = model.encode(rows).filter(({ dataSet }) => dataSet === 'moods');
    using result = computeGradients(model, batch, 1);
    const moved = [...result.gradients].map(([name, gradient]) => {
      expect(tf.tidy(() => tf.sum(tf.abs(gradient)).dataSync()[0])).toBeGreaterThan(0);
      return name;
    });
    expect(moved.filter((name) => !name.includes('head'))).toEqual([
      'tuner/table',
      'tasks/moods/tuner/table',
    ]);
  });

  it('starts from other values for each task, and so do heads', () => {
    using backbone = createTinyBackbone();
    const alike = { one: tasks.moods, other: tasks.moods };
    const parts = { config: { layers: 'all' }, taskPrompt: { length: 2 } } as const;
    using model = createMultiTaskModel({ backbone, method: windowMethod, ...parts, tasks: alike });
    for (const name of ['tuner/table', 'head/classifier/weight']) {
      const [one, other] = Object.keys(alike).map((task) =>
        model.trainableVariables.get(`tasks/${task}/${name}`)?.dataSync(),
      );
      expect(one?.length, name).toBeGreaterThan(0);
      expect(one, name).not.toEqual(other);
    }
  });

  it.each([
    [true, false],
    [false, true],
    [false, false],
  ])('lets the backbone drop values where either part does: %s, %s', (shared, own) => {
    using backbone = createTinyBackbone();
    const taskPrompt = { length: 2, frozenDropout: own };
    using model = prefixTasks(backbone, { frozenDropout: shared }, { taskPrompt });
    using moods = model.taskModel('moods');
    expect(moods.parts.tuner.frozenDropout).toBe(shared || own);
  });

  it('is the shared prefix with the own one behind it', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone, {}, { taskPrompt: { length: 2 } });
    await train(model, training);
    using moods = model.taskModel('moods');
    const create = (length: number) => {
      const config = { layers: 'all', length } as const;
      return createModel({ backbone, method: windowMethod, config, task: tasks.moods });
    };
    using shared = create(3);
    using own = create(2);
    const values = model.trainableVariables;
    const head = (name: string) => name.replace('head/', 'tasks/moods/head/');
    assign(shared, values, head);
    assign(own, values, (name) => head(name).replace('tuner/', 'tasks/moods/tuner/'));
    using both = combineAdapters([shared, own]);
    const expected = await both.logits(moodRows(4));
    const actual = await moods.logits(moodRows(4));
    for (const [row, { values: logits }] of actual.entries()) {
      expect(logits).toBeAllClose(expected[row]?.values ?? [], { absolute: 1e-6 });
    }
    expect((await shared.logits(moodRows(1)))[0]?.values).not.toEqual(actual[0]?.values);
  });

  it.each(['front', 'after-first', 'end'] as const)('stands at the %s as one', async (place) => {
    using backbone = createTinyBackbone();
    using model = createMultiTaskModel({
      ...{ backbone, method: bareMethod, config: at(place, 3), taskPrompt: at(place, 2), tasks },
      seed: 1,
    });
    using places = model.taskModel('places');
    const create = (length: number) =>
      createModel({ backbone, method: bareMethod, config: at(place, length), task: tasks.places });
    using whole = create(5);
    const values = model.trainableVariables;
    const [shared, own] = ['tuner/embedding', 'tasks/places/tuner/embedding'].map((name) =>
      values.get(name),
    );
    assign(
      whole,
      new Map([
        ...places.trainableVariables,
        ['tuner/embedding', tf.variable(tf.concat([shared ?? 0, own ?? 0]))],
      ]),
      (name) => name,
    );
    const [expected, actual] = [
      await whole.logits(placeRows(3)),
      await places.logits(placeRows(3)),
    ];
    expect(actual).toEqual(expected);
    expect(places.parts.tuner.layout).toEqual({ kind: 'placed', at: place, length: 5 });
  });

  it('is trained on with both parts', async () => {
    using backbone = createTinyBackbone();
    using model = prefixTasks(backbone, {}, { taskPrompt: { length: 2 } });
    using moods = model.taskModel('moods');
    const names = ['tuner/shared/table', 'tuner/own/table'];
    const valuesOf = () => names.map((name) => moods.trainableVariables.get(name)?.dataSync());
    const before = valuesOf();
    expect(before[0]).toEqual(model.trainableVariables.get('tuner/table')?.dataSync());
    const { validation: _, ...options } = training;
    await train(moods, { ...options, train: moodRows(3) });
    for (const [index, value] of valuesOf().entries()) expect(value).not.toEqual(before[index]);
    expect(moods.description['config']).toMatchObject({ length: 3, taskPrompt: { length: 2 } });
  });

  it.each([
    [at('front', 2), at('end', 2), 'the place of the shared part, front, got end'],
    [at('front', 2), { layout: { kind: 'none' } }, 'the place of the shared part, front, got none'],
    [
      {
        layout: {
          kind: 'template',
          parts: [
            { kind: 'prompt', length: 2 },
            { kind: 'field', field: 'text' },
          ],
        },
      },
      {},
      'Virtual tokens of templates',
    ],
  ] as const)(
    'is refused where the parts have no common place: %#',
    (config, taskPrompt, expected) => {
      using backbone = createTinyBackbone();
      const { numTensors } = tf.memory();
      const create = () =>
        createMultiTaskModel({
          backbone,
          method: bareMethod,
          config: config as object,
          taskPrompt: taskPrompt as object,
          tasks: { moods: tasks.moods },
        });
      expect(create).toThrow(expected);
      expect(tf.memory().numTensors).toBe(numTensors);
    },
  );

  it('is refused with weights of the backbone for one task', () => {
    using backbone = createTinyBackbone();
    const create = () =>
      prefixTasks(backbone, { unfrozen: ['pooler.dense.bias'] }, { taskPrompt: { length: 2 } });
    expect(create).toThrow('taskPrompt: Weights of the backbone cannot be of one task alone.');
  });
});
