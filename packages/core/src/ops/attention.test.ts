import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerPrefix } from '../contract/prompt.ts';
import { centralDifferences } from '../testing/central-differences.ts';
import { attention } from './attention.ts';
import type { AttentionOptions, ScoreBias } from './attention-options.ts';
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
const scoreBiasOf = (dimensions: number[]): ScoreBias => ({
  values: random(dimensions, 5) as tf.Tensor4D,
  trained: true,
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
    ['with a scale of its own', { ...plain, scale: 0.9 }],
    [
      'with a score bias for all rows',
      { ...plain, prefix: prefixOf([2, 2, 4]), scoreBias: scoreBiasOf([2, 1, 3, 5]) },
    ],
    [
      'with a score bias for each row, whose heads share keys',
      {
        ...plain,
        shape: { batch: 2, numHeads: 4, numKeyValueHeads: 1, headSize: 4 },
        isCausal: true,
        scoreBias: scoreBiasOf([4, 2, 3, 3]),
      },
    ],
  ])('has the gradients of central differences %s', (_, options: AttentionOptions) => {
    const packed = random([6, 24], 1) as tf.Tensor2D;
    const scalar = (output: tf.Tensor): tf.Scalar =>
      tf.mean(tf.mul(tf.reshape(output, [-1]), tf.sin(tf.range(0, output.size))));
    const compare = (f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor): void => {
      const expected = centralDifferences(f, x);
      const actual = tf.grad(f)(x).dataSync();
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
      for (const [index, value] of expected.entries()) {
        expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(2e-3);
      }
    };
    compare((x) => scalar(selfAttention(x, options)), packed);
    const { prefix, scoreBias } = options;
    if (scoreBias) {
      const withBias = (x: tf.Tensor) => ({ ...scoreBias, values: x as tf.Tensor4D });
      compare(
        (x) => scalar(selfAttention(packed, { ...options, scoreBias: withBias(x) })),
        scoreBias.values,
      );
    }
    if (!prefix) return;
    const withKeys = (keys: tf.Tensor) => ({ ...prefix, keys: keys as tf.Tensor3D });
    const withValues = (values: tf.Tensor) => ({ ...prefix, values: values as tf.Tensor3D });
    compare((x) => scalar(selfAttention(packed, { ...options, prefix: withKeys(x) })), prefix.keys);
    compare(
      (x) => scalar(selfAttention(packed, { ...options, prefix: withValues(x) })),
      prefix.values,
    );
  });

  it('adds a score bias to scores of any scale', () => {
    const packed = random([6, 24], 1);
    const scoreBias = scoreBiasOf([2, 1, 3, 3]);
    const rows = selfAttention(packed, { ...plain, scale: 0, scoreBias });
    // Scores of no scale are the bias alone: each row mixes its values by the same weights.
    const weights = tf.softmax(scoreBias.values).arraySync() as number[][][][];
    const given = (packed as tf.Tensor2D).arraySync();
    const output = rows.arraySync();
    for (const [row, head, query] of [
      [0, 0, 2],
      [1, 1, 0],
    ] as const) {
      const values = part(given, row, 2, head);
      const shares = weights[head]?.[0]?.[query] ?? [];
      const expected = [0, 1, 2, 3].map((i) =>
        values.reduce((sum, value, index) => sum + (shares[index] ?? 0) * (value[i] ?? 0), 0),
      );
      const actual = part(output, row, 0, head)[query] ?? [];
      for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
    }
  });

  it('gives a prefix of zeros the share of scores of zero, and nothing for it', () => {
    const packed = random([6, 24], 1) as tf.Tensor2D;
    const own = scoreBiasOf([2, 1, 3, 3]);
    const zeros = tf.zeros<tf.Rank.R3>([2, 2, 4]);
    const behind: tf.Tensor4D = tf.concat([tf.zeros<tf.Rank.R4>([2, 1, 3, 2]), own.values], 3);
    const options = { ...plain, scale: 0.7 };
    const bare = selfAttention(packed, { ...options, scoreBias: own });
    const prefix = { keys: zeros, values: zeros };
    const scoreBias = { values: behind, trained: false };
    const actual = selfAttention(packed, { ...options, prefix, scoreBias });
    const [query, key] = [0, 1].map((kind) =>
      tf.transpose(tf.reshape(tf.slice(packed, [0, 8 * kind], [6, 8]), [2, 3, 2, 4]), [2, 0, 1, 3]),
    ) as [tf.Tensor, tf.Tensor]; // One for each kind.
    const scores = tf.add(tf.mul(tf.matMul(query, key, false, true), 0.7), own.values);
    const sums = tf.sum(tf.exp(scores), 3, true); // [heads, batch, queries, 1]
    const shares = tf.transpose(tf.div(sums, tf.add(sums, 2)), [1, 2, 0, 3]);
    const expected = tf.mul(tf.reshape(bare, [2, 3, 2, 4]), shares);
    const difference = tf.sub(tf.reshape(actual, [2, 3, 2, 4]), expected);
    expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-6);
    expect(tf.min(shares).dataSync()[0]).toBeLessThan(0.8);
  });
});
