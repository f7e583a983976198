import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBeAllClose } from '../../testing/all-close.ts';
import { hashed } from '../../testing/hashed-weights.ts';
import { type AdafactorOptions, adafactor } from './adafactor.ts';

expect.extend({ toBeAllClose });

interface Reference {
  readonly name: string;
  readonly learningRate: number;
  readonly options: {
    readonly eps?: [number, number];
    readonly clip_threshold?: number;
    readonly decay_rate?: number;
    readonly beta1?: number;
    readonly weight_decay?: number;
    readonly scale_parameter: boolean;
    readonly relative_step: boolean;
    readonly warmup_init?: boolean;
  };
  readonly steps: Readonly<Record<string, Readonly<Record<string, number[]>>>>;
}

// See fixtures/make_adafactor.py, which has these too.
const fixture = new URL('../../../fixtures/adafactor.json', import.meta.url);
const runs: Reference[] = JSON.parse(readFileSync(fixture, 'utf8'));
const shapes = { matrix: [3, 4], vector: [4], cube: [2, 3, 2] };
const scales = [1, 10, 0.1, 3, 30, 0.01, 1, 5, 100, 2];

beforeAll(() => tf.setBackend('cpu'));

function createVariables(): Map<string, tf.Variable> {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    return [name, tf.variable(tf.tensor(hashed(`start/${name}`, shape), shape))] as const;
  });
  return new Map(entries);
}

function gradientsAt(step: number): Map<string, tf.Tensor> {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const values = hashed(`gradient/${step}/${name}`, shape);
    const scaled = values.map((value) => value * (scales[step - 1] ?? 1));
    if (name === 'matrix') scaled.fill(0, 0, 4);
    return [name, tf.tensor(scaled, shape)] as const;
  });
  return new Map(entries);
}

function toOptions(options: Reference['options']): AdafactorOptions {
  return {
    ...(options.eps ? { epsilon: options.eps[0], parameterEpsilon: options.eps[1] } : {}),
    ...(options.clip_threshold ? { clipThreshold: options.clip_threshold } : {}),
    ...(options.decay_rate ? { decayRate: -options.decay_rate } : {}),
    ...(options.beta1 ? { beta1: options.beta1 } : {}),
    ...(options.weight_decay ? { weightDecay: options.weight_decay } : {}),
    scaleParameter: options.scale_parameter,
    relativeStep: options.relative_step,
    warmupInit: options.warmup_init ?? false,
  };
}

describe('Adafactor', () => {
  it.each(runs)(
    'follows Transformers for ten steps: $name',
    ({ learningRate, options, steps: stored }) => {
      const variables = createVariables();
      using optimizer = adafactor(toOptions(options)).start(variables);
      for (const [index] of scales.entries()) {
        const gradients = gradientsAt(index + 1);
        optimizer.apply(gradients, { step: index + 1, learningRate, scale: 1 });
        tf.dispose([...gradients.values()]);
        for (const [name, expected] of Object.entries(stored[index + 1] ?? {})) {
          expect(variables.get(name)?.dataSync(), name).toBeAllClose(expected);
        }
      }
      tf.dispose([...variables.values()]);
    },
  );

  it('keeps a mean for each row and column of a matrix, and each number of a vector', () => {
    const variables = createVariables();
    using optimizer = adafactor({ beta1: 0.9 }).start(variables);
    const kept = [...optimizer.moments].map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(kept)).toEqual({
      'matrix/row': [3],
      'matrix/column': [4],
      'matrix/mean': [3, 4],
      'vector/square': [4],
      'vector/mean': [4],
      'cube/row': [2, 3],
      'cube/column': [2, 2],
      'cube/mean': [2, 3, 2],
    });
    tf.dispose([...variables.values()]);
  });

  it('takes the scale into the gradient, and leaves no tensor behind', () => {
    const variables = createVariables();
    const others = createVariables();
    using optimizer = adafactor({ epsilon: 0.01 }).start(variables);
    using other = adafactor({ epsilon: 0.01 }).start(others);
    const gradients = gradientsAt(1);
    const halves = new Map([...gradients].map(([name, value]) => [name, tf.mul(value, 0.5)]));
    const before = tf.memory().numTensors;
    optimizer.apply(gradients, { step: 1, learningRate: 0.1, scale: 0.5 });
    other.apply(halves, { step: 1, learningRate: 0.1, scale: 1 });
    expect(tf.memory().numTensors).toBe(before);
    const moved = variables.get('vector')?.dataSync();
    expect(moved).toBeAllClose(others.get('vector')?.dataSync() ?? []);
    expect(moved).not.toBeAllClose(hashed('start/vector', [4]), { absolute: 1e-3 });
    tf.dispose([...variables.values(), ...others.values(), ...gradients.values()]);
    tf.dispose([...halves.values()]);
  });

  it('leaves a variable without a gradient as it is', () => {
    const variables = createVariables();
    using optimizer = adafactor({ weightDecay: 0.1 }).start(variables);
    optimizer.apply(new Map(), { step: 1, learningRate: 1, scale: 1 });
    expect(variables.get('matrix')?.dataSync()).toEqual(hashed('start/matrix', [3, 4]));
    tf.dispose([...variables.values()]);
  });

  it('counts the updates in which a variable had a gradient', () => {
    const [early, late] = [createVariables(), createVariables()];
    const gradients = gradientsAt(1);
    for (const [variables, step, missed] of [
      [early, 1, 0],
      [late, 5, 4],
    ] as const) {
      using optimizer = adafactor().start(variables);
      const counts = { matrix: missed, vector: missed };
      optimizer.apply(gradients, { step, learningRate: 0.1, scale: 1, missed: counts });
    }
    const valuesOf = (name: string) =>
      [early, late].map((variables) => [...(variables.get(name)?.dataSync() ?? [])]);
    for (const name of ['matrix', 'vector']) expect(valuesOf(name)[1]).toEqual(valuesOf(name)[0]);
    expect(valuesOf('cube')[1]).not.toEqual(valuesOf('cube')[0]);
    tf.dispose([...early.values(), ...late.values(), ...gradients.values()]);
  });

  it.each([
    [{ decayRate: 0 }, 'decayRate'],
    [{ clipThreshold: 0 }, 'clipThreshold'],
    [{ warmupInit: true }, 'warmupInit: Expected relativeStep'],
  ] as const)('refuses an option that is out of range, naming it: %j', (options, name) => {
    expect(() => adafactor(options)).toThrow(new RegExp(`CONFIG_INVALID.*\n.*${name}`));
  });
});
