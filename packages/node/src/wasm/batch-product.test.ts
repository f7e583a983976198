import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { wasmKernels } from '../testing/kernel-engines.ts';

/** `[matrices of a, matrices of b, rows, depth, columns]`. */
const sizes = [
  [1, 1, 1, 1, 1],
  [3, 3, 5, 7, 9],
  [4, 4, 64, 32, 80],
  [1, 3, 4, 5, 8],
  [3, 1, 6, 2, 17],
  [2, 2, 3, 1100, 5],
  [1, 1, 70, 600, 33],
] as const;

const turns = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

/** A product in double precision, of plain matrices. */
function reference(a: Float32Array, b: Float32Array, rows: number, depth: number, columns: number) {
  const cell = (place: number): number => {
    const [row, column] = [Math.floor(place / columns), place % columns];
    let sum = 0;
    for (let p = 0; p < depth; p++)
      sum += (a[row * depth + p] ?? 0) * (b[p * columns + column] ?? 0);
    return sum;
  };
  return Array.from({ length: rows * columns }, (_, place) => cell(place));
}

function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? 9))), 0);
}

describe("PTL's product of matrices", () => {
  beforeAll(wasmKernels.use);

  describe.each(sizes)('of %i and %i matrices, %i x %i x %i', (inA, inB, rows, depth, columns) => {
    test.each(turns)('is right with turned factors %s and %s', (turnA, turnB) => {
      const a = random([inA, rows, depth], 1);
      const b = random([inB, depth, columns], 2);
      const turned = (x: tf.Tensor, isTurned: boolean) =>
        isTurned ? tf.transpose(x, [0, 2, 1]) : x;
      const product = tf.matMul(turned(a, turnA), turned(b, turnB), turnA, turnB);
      const count = Math.max(inA, inB);
      expect(product.shape).toEqual([count, rows, columns]);
      const parts = (x: tf.Tensor, index: number): Float32Array =>
        tf.slice(x, [x.shape[0] === 1 ? 0 : index], [1]).dataSync() as Float32Array;
      for (let index = 0; index < count; index++) {
        const expected = reference(parts(a, index), parts(b, index), rows, depth, columns);
        expect(largestDifference(parts(product, index), expected)).toBeLessThan(3e-5);
      }
    });
  });
});
