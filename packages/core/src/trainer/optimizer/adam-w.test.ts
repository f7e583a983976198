import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBeAllClose } from '../../testing/all-close.ts';
import { measureGradients } from '../gradients.ts';
import { clipScale } from '../train-step.ts';
import { adamW } from './adam-w.ts';
import { type MissedUpdates, missedAfter } from './optimizer.ts';

expect.extend({ toBeAllClose });

interface Reference {
  readonly name: string;
  readonly clip: number | null;
  readonly options: {
    readonly lr: number;
    readonly weight_decay: number;
    readonly betas?: [number, number];
    readonly eps?: number;
  };
  readonly start: number[][];
  readonly steps: { gradients: (number[] | null)[]; norm: number; values: number[][] }[];
}

// See fixtures/make_optimizer.py.
const fixture = new URL('../../../fixtures/optimizer.json', import.meta.url);
const runs: Reference[] = JSON.parse(readFileSync(fixture, 'utf8')).runs;
const shapes = [[2, 3], [4]];

beforeAll(() => tf.setBackend('cpu'));

/** By the place of their variables; those that are null are missing. */
function toGradients(values: readonly (number[] | null)[]): Map<string, tf.Tensor> {
  const named = values.flatMap((gradient, place) =>
    gradient ? [[`${place}`, tf.tensor(gradient, shapes[place])] as const] : [],
  );
  return new Map<string, tf.Tensor>(named);
}

describe('AdamW with clipping', () => {
  it.each(runs)('follows PyTorch for ten steps: $name', async ({ clip, options, start, steps }) => {
    const { lr, weight_decay: weightDecay, betas: [beta1, beta2] = [], eps: epsilon } = options;
    const variables = new Map<string, tf.Variable>(
      start.map((values, index) => [`${index}`, tf.variable(tf.tensor(values, shapes[index]))]),
    );
    let missed: MissedUpdates = {};
    using optimizer = adamW({ weightDecay, beta1, beta2, epsilon }).start(variables);
    for (const [index, { gradients, norm, values }] of steps.entries()) {
      const given = toGradients(gradients);
      const sum = tf.scalar(0);
      const measured = await measureGradients({ gradients: given, sum, count: 1 });
      expect(measured.norm).toBeCloseTo(norm, 5);
      const scale = clipScale(measured.norm, clip);
      optimizer.apply(given, { step: index + 1, learningRate: lr, scale, missed });
      missed = missedAfter(missed, variables, given);
      tf.dispose([sum, ...given.values()]);
      for (const [place, expected] of values.entries()) {
        expect(variables.get(`${place}`)?.dataSync()).toBeAllClose(expected);
      }
    }
    tf.dispose([...variables.values()]);
  });

  it('leaves a variable without a gradient as it is', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    using optimizer = adamW({ weightDecay: 0.1 }).start(new Map([['only', variable]]));
    optimizer.apply(new Map(), { step: 1, learningRate: 1, scale: 1 });
    expect([...variable.dataSync()]).toEqual([1, 2]);
    variable.dispose();
  });

  it('refuses an option that is out of range, naming it', () => {
    expect(() => adamW({ beta1: 1 })).toThrow(/CONFIG_INVALID.*\n.*beta1/);
  });
});
