import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { wasmKernels } from '../testing/kernel-engines.ts';

describe('rows of a table on WebAssembly', () => {
  beforeAll(wasmKernels.use);

  test('are copied by number, in the shape of the numbers', () => {
    const table = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [3, 2, 2]);
    const rows = tf.gather(table, tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32'));
    expect(rows.shape).toEqual([2, 2, 2, 2]);
    const expected = [9, 10, 11, 12, 1, 2, 3, 4, 9, 10, 11, 12, 5, 6, 7, 8];
    expect(Array.from(rows.dataSync())).toEqual(expected);
  });

  test('are none where no number is given', () => {
    expect(tf.gather(tf.ones([3, 2]), tf.tensor1d([], 'int32')).shape).toEqual([0, 2]);
  });

  test.each([[3], [-1]])('are refused where a number, %i, names none', (number) => {
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([number], 'int32'))).toThrow();
  });

  test('of other axes and types are as TF.js has them', () => {
    const numbers = tf.tensor1d([1, 1, 0], 'int32');
    const columns = tf.gather(tf.tensor2d([[1, 2]]), numbers, 1);
    expect(Array.from(columns.dataSync())).toEqual([2, 2, 1]);
    const integers = tf.gather(tf.tensor1d([5, 6], 'int32'), numbers);
    expect(Array.from(integers.dataSync())).toEqual([6, 6, 5]);
  });
});
