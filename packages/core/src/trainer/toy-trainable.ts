import * as tf from '@tensorflow/tfjs';
import { normal } from '../contract/initializers.ts';
import { deriveSeed } from '../contract/seed.ts';
import { VariableStore } from '../contract/variable-store.ts';
import type { EncodedExample, Trainable } from './trainable.ts';

/** One point of a plane, `length` of which is what batching is told. */
export interface ToyRow {
  readonly x: readonly [number, number];
  readonly y: number;
  readonly length: number;
}

interface ToyExample extends EncodedExample {
  readonly row: ToyRow;
}

/** Linear regression with noise on its inputs, in the place of a model in the trainer's tests. */
export type ToyTrainable = Trainable<ToyRow, ToyExample> & Disposable;

export function createToyTrainable({ noise = 0.1 } = {}): ToyTrainable {
  const variables = new VariableStore('toy', 5);
  const weight = variables.create('weight', (seed) => normal<tf.Rank.R2>([2, 1], 1, seed));
  const bias = variables.create('bias', () => tf.zeros<tf.Rank.R1>([1]));

  function squares(rows: readonly ToyRow[], seed: number | null): tf.Tensor {
    const inputs = tf.tensor2d(rows.map(({ x }) => [...x]));
    const moved =
      seed === null || noise === 0
        ? inputs
        : tf.add(inputs, normal([rows.length, 2], noise, deriveSeed(seed, 'noise')));
    const outputs = tf.add(tf.matMul(moved as tf.Tensor2D, weight), bias);
    return tf.square(tf.sub(outputs, tf.tensor2d(rows.map(({ y }) => [y]))));
  }

  return {
    trainableVariables: variables.variables,
    primaryMetric: 'closeness',
    description: { kind: 'toy', noise },
    encode: (rows) => rows.map((row) => ({ row, length: row.length })),
    // A longer row counts more often, as one with more tokens does.
    loss: (examples, seed) => {
      const counts = examples.map(({ length }) => length);
      const each = squares(
        examples.map(({ row }) => row),
        seed,
      );
      const sum: tf.Scalar = tf.sum(tf.mul(each, tf.tensor2d(counts, [counts.length, 1])));
      return { sum, count: counts.reduce((total, count) => total + count, 0) };
    },
    async evaluate(rows) {
      const mean = tf.tidy(() => tf.mean(squares(rows, null)));
      const [loss = Number.NaN] = await mean.data();
      mean.dispose();
      return { loss, scores: { closeness: 1 / (1 + loss) } };
    },
    async files(scores) {
      return new Map<string, Uint8Array | string>([
        ['ptl.json', JSON.stringify({ scores })],
        ['weight.bin', new Uint8Array((await weight.data()).slice().buffer)],
      ]);
    },
    [Symbol.dispose]: () => variables[Symbol.dispose](),
  };
}

/** Points near a plane, the same for the same count. */
export function toyRows(count: number): ToyRow[] {
  return Array.from({ length: count }, (_, index) => {
    const x = [Math.sin(index * 1.7), Math.cos(index * 2.3)] as const;
    const y = 2 * x[0] - x[1] + 0.5 + 0.1 * Math.sin(index * 7.1);
    return { x, y, length: 1 + ((index * 7) % 13) };
  });
}
