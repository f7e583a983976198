import { adamW } from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { cacheFolder } from '../cache/cache-folder.ts';
import { findInstalled } from '../install/installed-engine.ts';
import { loadTensorflow } from './load-tensorflow.ts';

const installed = await findInstalled(cacheFolder());
const factors = [0.5, 0.9, 0.1, 0.99, 0.01, 1e-6, 0.02, 0.98] as const;

/** The rule in numbers of 64 bits, for the values of one place. */
function moved([variable, gradient, mean, square]: readonly [number, number, number, number]) {
  const [scale, meanKept, meanNew, squareKept, squareNew, epsilon, rate, kept] = factors;
  const nextMean = mean * meanKept + gradient * scale * meanNew;
  const nextSquare = square * squareKept + (gradient * scale) ** 2 * squareNew;
  const direction = nextMean / (Math.sqrt(nextSquare) + epsilon);
  return [variable * kept - direction * rate, nextMean, nextSquare] as const;
}

function run(inputs: tf.NamedTensorMap): tf.Tensor[] {
  return tf.engine().runKernel('PtlAdamW', inputs) as tf.Tensor[]; // It has three outputs.
}

describe.skipIf(!installed)(
  'the AdamW kernel (skipped unless "ptl-engine install" has run)',
  () => {
    beforeAll(async () => {
      if (installed) await loadTensorflow(installed);
    });

    test.each([[[1]], [[3, 7]], [[130, 257]], [[0, 4]]])(
      'moves a variable of shape %j as the rule says',
      (shape) => {
        const [variable, gradient, mean] = [1, 2, 3].map((seed) =>
          tf.randomNormal(shape, 0, 1, 'float32', seed),
        ) as [tf.Tensor, tf.Tensor, tf.Tensor]; // One for each seed.
        const square = tf.square(tf.randomNormal(shape, 0, 1, 'float32', 4));
        const outputs = run({
          variable,
          gradient,
          mean,
          square,
          settings: tf.tensor1d([...factors]),
        });
        expect(outputs.map((output) => output.shape)).toEqual([shape, shape, shape]);
        const given = [variable, gradient, mean, square].map((part) => part.dataSync());
        const results = outputs.map((output) => output.dataSync());
        for (let place = 0; place < variable.size; place++) {
          const at = given.map((part) => part[place]) as [number, number, number, number]; // Four parts.
          for (const [part, expected] of moved(at).entries()) {
            expect(Math.abs((results[part]?.[place] ?? Number.NaN) - expected)).toBeLessThan(2e-6);
          }
        }
      },
    );

    test('is what the optimizer takes, and moves what nothing else keeps', () => {
      const variable = tf.variable(tf.tensor1d([1, -2, 3]));
      const gradient = tf.tensor1d([0.5, 0, -4]);
      using optimizer = adamW({ weightDecay: 0.1 }).start(new Map([['only', variable]]));
      const before = tf.memory().numTensors;
      optimizer.apply(new Map([['only', gradient]]), { step: 1, learningRate: 0.1, scale: 1 });
      expect(tf.memory().numTensors).toBe(before);
      // The first step goes a whole learning rate against the gradient's sign.
      const expected = [0.99 - 0.1, -1.98, 2.97 + 0.1];
      for (const [place, value] of variable.dataSync().entries()) {
        expect(value).toBeCloseTo(expected[place] ?? Number.NaN, 5);
      }
      tf.dispose([variable, gradient]);
    });

    test.each([
      [{ gradient: [3, 2] }, 'variable has shape [2, 3], what belongs to it [3, 2]'],
      [{ square: [6] }, 'what belongs to it [6]'],
      [{ settings: [7] }, 'settings has shape [7]'],
    ])(
      'fails as a TensorFlow error where it gets %j',
      (wrong: Record<string, number[]>, message) => {
        const shapes = { variable: [2, 3], gradient: [2, 3], mean: [2, 3], square: [2, 3] };
        const inputs = Object.entries({ ...shapes, settings: [8], ...wrong }).map(
          ([name, shape]) => [name, tf.ones(shape)],
        );
        expect(() => run(Object.fromEntries(inputs))).toThrow(message);
      },
    );
  },
);
