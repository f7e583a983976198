import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBeAllClose } from '../testing/all-close.ts';
import type { Optimizer } from './optimizer/optimizer.ts';
import type { TrainOptions } from './options/train-options.ts';
import { createToyTrainable, type ToyRow, toyRows } from './toy-trainable.ts';
import { train } from './train.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

// Two updates an epoch.
const base = { train: toyRows(16), batchSize: 8, epochs: 2, progress: 'none' } as const;

/** The rate of each update, and whether anything moved, with an optimizer that changes nothing. */
async function observe(options: Partial<TrainOptions<ToyRow>>) {
  const rates: number[] = [];
  const optimizer: Optimizer = {
    name: 'still',
    options: {},
    start: () => ({
      moments: new Map(),
      apply: (_, { learningRate }) => void rates.push(learningRate),
      [Symbol.dispose]: () => {},
    }),
  };
  using toy = createToyTrainable();
  const valuesOf = () => [...toy.trainableVariables.values()].map((value) => value.dataSync());
  const before = valuesOf();
  await train(toy, { ...base, learningRate: 0.8, optimizer, ...options });
  expect(valuesOf()).toEqual(before);
  return rates;
}

describe('an optimizer of one’s own', () => {
  const half = Math.SQRT1_2;

  it.each([
    [{ schedule: 'constant' }, [0.8, 0.8, 0.8, 0.8]],
    [{ schedule: 'linear' }, [0.8, 0.6, 0.4, 0.2]],
    [{ schedule: 'cosine' }, [0.8, 0.4 + 0.4 * half, 0.4, 0.4 - 0.4 * half]],
    [{ schedule: 'exponential' }, [0.8, 0.8, 0.76, 0.76]],
    [{ schedule: { name: 'exponential', rate: 0.5 } }, [0.8, 0.8, 0.4, 0.4]],
    [{ schedule: 'linear', warmupSteps: 2 }, [0, 0.4, 0.8, 0.4]],
    [{ schedule: 'constant', warmupRatio: 0.5 }, [0, 0.4, 0.8, 0.8]],
    [{ schedule: 'constant', learningRate: 0.3 }, [0.3, 0.3, 0.3, 0.3]],
  ] satisfies [Partial<TrainOptions<ToyRow>>, number[]][])(
    'is told the rates of %j, and alone moves variables',
    async (options, rates) => {
      expect(await observe(options)).toBeAllClose(rates, { absolute: 1e-12 });
    },
  );
});
