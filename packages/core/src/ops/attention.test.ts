import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerPrefix } from '../contract/prompt.ts';
import { centralDifferences } from '../testing/central-differences.ts';
import { attention } from './attention.ts';
import type { AttentionOptions } from './attention-options.ts';
import { createDropout } from './dropout.ts';
import type { Projection } from './linear.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const shape = { batch: 2, numHeads: 2, headSize: 4 };
const random = (dimensions: number[], seed: number): tf.Tensor =>
  tf.randomNormal(dimensions, 0, 1, 'float32', seed);
const prefixOf = (dimensions: number[]): LayerPrefix => ({
  keys: random(dimensions, 2) as tf.Tensor3D,
  values: random(dimensions, 3) as tf.Tensor3D,
});
const bias = tf.tensor4d([0, 0, 0, 0, 0, -1e9, 0, 0, 0, 0], [1, 2, 1, 5]);
const plain = { shape, prefix: null, bias: null, dropWeights: null };
/** A dropout that draws the same mask at each call, so that it can be differentiated numerically. */
const dropWeights = (ones: tf.Tensor): tf.Tensor => createDropout(7)(ones, 0.3, 'test');

const project = (product: tf.Tensor): Projection => ({
  product: product as tf.Tensor2D,
  bias: tf.zeros([product.shape[1] ?? 0]),
  biasTrained: false,
});
const selfAttention = (packed: tf.Tensor, options: AttentionOptions): tf.Tensor2D =>
  attention({ query: project(packed), keyValue: null }, options);

/** Attention of one head of one row, written out in numbers. */
function attendByHand(query: number[][], keys: number[][], values: number[][], hidden: boolean[]) {
  return query.map((q) => {
    const scores = keys.map((key, index) =>
      hidden[index] ? 0 : Math.exp(key.reduce((sum, k, i) => sum + k * (q[i] ?? 0), 0) / 2),
    );
    const total = scores.reduce((sum, score) => sum + score, 0);
    return q.map((_, i) =>
      values.reduce(
        (sum, value, index) => sum + ((scores[index] ?? 0) / total) * (value[i] ?? 0),
        0,
      ),
    );
  });
}

/** Rows of one head of one sequence among the packed queries (0), keys (1) or values (2). */
function part(rows: number[][], sequence: number, kind: number, head: number): number[][] {
  const start = kind * 8 + head * 4;
  return rows.slice(sequence * 3, sequence * 3 + 3).map((row) => row.slice(start, start + 4));
}

function headOf(tensor: tf.Tensor, head: number): number[][] {
  return (tensor as tf.Tensor3D).arraySync()[head] ?? [];
}

describe('attention', () => {
  it.each([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])('equals the formula worked out by hand (row %i, head %i)', (row, head) => {
    const packed = random([6, 24], 1) as tf.Tensor2D;
    const prefix = prefixOf([2, 2, 4]);
    const rows = packed.arraySync();
    const expected = attendByHand(
      part(rows, row, 0, head),
      [...headOf(prefix.keys, head), ...part(rows, row, 1, head)],
      [...headOf(prefix.values, head), ...part(rows, row, 2, head)],
      [0, 1, 2, 3, 4].map((index) => row === 1 && index === 0),
    );
    const output = selfAttention(packed, { ...plain, prefix, bias }).arraySync();
    const actual = part(output, row, 0, head);
    for (const [index, value] of expected.flat().entries()) {
      expect(actual.flat()[index]).toBeCloseTo(value, 4);
    }
  });

  it.each([
    ['without a prefix', plain],
    ['with a shared prefix', { ...plain, prefix: prefixOf([2, 2, 4]) }],
    ['with a prefix per row and a mask', { ...plain, prefix: prefixOf([2, 2, 2, 4]), bias }],
    ['with dropout', { ...plain, prefix: prefixOf([2, 2, 4]), dropWeights }],
  ])('has the gradients of central differences %s', (_, options) => {
    const packed = random([6, 24], 1) as tf.Tensor2D;
    const weights = tf.sin(tf.range(0, 48));
    const scalar = (output: tf.Tensor): tf.Scalar =>
      tf.mean(tf.mul(tf.reshape(output, [-1]), weights));
    const compare = (f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor): void => {
      const expected = centralDifferences(f, x);
      const actual = tf.grad(f)(x).dataSync();
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
      for (const [index, value] of expected.entries()) {
        expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(2e-3);
      }
    };
    compare((x) => scalar(selfAttention(x, options)), packed);
    const { prefix } = options;
    if (!prefix) return;
    const withKeys = (keys: tf.Tensor) => ({ ...prefix, keys: keys as tf.Tensor3D });
    const withValues = (values: tf.Tensor) => ({ ...prefix, values: values as tf.Tensor3D });
    compare((x) => scalar(selfAttention(packed, { ...options, prefix: withKeys(x) })), prefix.keys);
    compare(
      (x) => scalar(selfAttention(packed, { ...options, prefix: withValues(x) })),
      prefix.values,
    );
  });
});
