import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { cacheFolder } from '../cache/cache-folder.ts';
import { findInstalled } from '../install/installed-engine.ts';
import { loadTensorflow } from './load-tensorflow.ts';

const installed = await findInstalled(cacheFolder());

function run(name: string, inputs: tf.NamedTensorMap): tf.Tensor[] {
  const output = tf.engine().runKernel(name, inputs);
  return Array.isArray(output) ? output : [output as tf.Tensor];
}

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

/** The recurrence in TF.js's own ops, one step after the other, with TF.js's own gradient. */
function plainStates(gates: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const [directions = 0, steps = 0] = gates.shape;
  const units = weight.shape[2] ?? 0;
  let state: tf.Tensor = tf.zeros([directions, 1, units]);
  let cell = state;
  const states = Array.from({ length: steps }, (_, place) => {
    const step = tf.slice(gates, [0, place, 0], [directions, 1, 4 * units]);
    const sums = tf.split(tf.add(step, tf.matMul(state, weight, false, true)), 4, 2);
    const [input, forget, candidate, output] = sums as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const kept = tf.mul(tf.sigmoid(forget), cell);
    cell = tf.add(kept, tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
    state = tf.mul(tf.sigmoid(output), tf.tanh(cell));
    return state;
  });
  return tf.concat(states, 1);
}

function expectClose(actual: tf.Tensor | undefined, expected: tf.Tensor, tolerance: number): void {
  expect(actual?.shape).toEqual(expected.shape);
  if (!actual || actual.size === 0) return;
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(tolerance);
}

describe.skipIf(!installed)('the LSTM kernel (skipped unless "ptl-engine install" has run)', () => {
  beforeAll(async () => {
    if (installed) await loadTensorflow(installed);
  });

  test.each([
    [1, 1, 1],
    [2, 1, 3],
    [2, 7, 5],
    [3, 4, 17],
    [2, 33, 64],
  ])(
    'has the states and gradients of the plain recurrence: %i directions, %i steps, %i units',
    (directions, steps, units) => {
      const gates = random([directions, steps, 4 * units], 1);
      const weight = tf.mul(random([directions, 4 * units, units], 2), 1 / Math.sqrt(units));
      const dy = random([directions, steps, units], 3);
      const expected = plainStates(gates, weight);
      const [states, cells, activated] = run('PtlLstm', { gates, weight }) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      expectClose(states, expected, 2e-6);
      const [dGates, dWeight] = tf.grads(plainStates)([gates, weight], dy);
      const gradients = run('PtlLstmGrad', { dy, states, cells, activated, weight });
      expectClose(gradients[0], dGates as tf.Tensor, 1e-5);
      expectClose(gradients[1], dWeight as tf.Tensor, 1e-4);
    },
  );

  test('takes no step, and gives a weight that had no part in anything a gradient of zero', () => {
    const weight = random([2, 12, 3], 1);
    const [states, cells, activated] = run('PtlLstm', { gates: tf.zeros([2, 0, 12]), weight });
    expect([states, cells, activated].map((part) => part?.shape)).toEqual([
      [2, 0, 3],
      [2, 0, 3],
      [2, 0, 12],
    ]);
    const inputs = { dy: tf.zeros([2, 0, 3]), states, cells, activated, weight };
    const [, dWeight] = run('PtlLstmGrad', inputs as tf.NamedTensorMap); // Three outputs above.
    expect(dWeight?.dataSync().every((value) => value === 0)).toBe(true);
  });

  test('saturates where gates are far from zero, and passes on what is not a number', () => {
    const weight = tf.zeros([1, 4, 1]);
    const open = run('PtlLstm', { gates: tf.fill([1, 1, 4], 1000), weight })[0];
    expect(open?.dataSync()[0]).toBeCloseTo(Math.tanh(1), 6);
    const shut = run('PtlLstm', { gates: tf.fill([1, 1, 4], -1000), weight })[0];
    expect(Math.abs(shut?.dataSync()[0] ?? 1)).toBeLessThan(1e-30);
    const missing = run('PtlLstm', { gates: tf.fill([1, 1, 4], Number.NaN), weight })[0];
    expect(missing?.dataSync()[0]).toBeNaN();
  });

  test.each([
    ['PtlLstm', { gates: [2, 3, 8], weight: [2, 8, 3] }, 'weight has shape [2, 8, 3]'],
    ['PtlLstm', { gates: [2, 3, 7], weight: [2, 8, 2] }, 'gates has shape [2, 3, 7]'],
    ['PtlLstm', { gates: [3, 8], weight: [2, 8, 2] }, 'expected [directions, steps, ...]'],
    [
      'PtlLstmGrad',
      {
        dy: [2, 3, 2],
        states: [2, 3, 2],
        cells: [2, 4, 2],
        activated: [2, 3, 8],
        weight: [2, 8, 2],
      },
      'cells has shape [2, 4, 2]',
    ],
  ] as const)('fails as a TensorFlow error where %s gets %j', (name, inputs, message) => {
    const tensors = Object.entries(inputs).map(([input, shape]) => [input, tf.ones([...shape])]);
    expect(() => run(name, Object.fromEntries(tensors))).toThrow(message);
  });
});
