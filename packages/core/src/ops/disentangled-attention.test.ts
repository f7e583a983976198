import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerPrefix } from '../contract/prompt.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { centralDifferences } from '../testing/central-differences.ts';
import { attention } from './attention.ts';
import { type DisentangledOptions, disentangledAttention } from './disentangled-attention.ts';
import { createDropout } from './dropout.ts';

expect.extend({ toBeAllClose });

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const [sequence, numHeads, headSize] = [3, 2, 4];
const random = (dimensions: number[], seed: number): tf.Tensor =>
  tf.randomNormal(dimensions, 0, 1, 'float32', seed);
const prefixOf = (dimensions: number[]): LayerPrefix => ({
  keys: random(dimensions, 2) as tf.Tensor3D,
  values: random(dimensions, 3) as tf.Tensor3D,
});
const plain: DisentangledOptions = {
  shape: { batch: 2, numHeads, headSize },
  prefix: null,
  bias: null,
  dropWeights: null,
  relative: {
    keys: random([2 * sequence, numHeads * headSize], 4) as tf.Tensor2D,
    queries: random([2 * sequence, numHeads * headSize], 5) as tf.Tensor2D,
  },
  scale: 0.3,
};
const packed = random([2 * sequence, 3 * numHeads * headSize], 1) as tf.Tensor2D;
const bias = tf.tensor4d([0, 0, 0, 0, 0, -1e9, 0, 0, 0, 0], [1, 2, 1, 5]);
/** A dropout that draws the same mask at each call, so that it can be differentiated numerically. */
const dropWeights = (ones: tf.Tensor): tf.Tensor => createDropout(7)(ones, 0.3, 'test');

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

/** One head of one row written out in numbers; `prefix` holds its keys and values. */
function attendByHand(row: number, head: number, prefix: number[][][], scale: number): number[][] {
  const rows = packed.arraySync().slice(row * sequence, (row + 1) * sequence);
  const part = (all: number[][] | undefined, kind: number): number[][] => {
    const start = (kind * numHeads + head) * headSize;
    return (all ?? []).map((values) => values.slice(start, start + headSize));
  };
  const { keys, queries } = plain.relative;
  const [ofKeys, ofQueries] = [part(keys?.arraySync(), 0), part(queries?.arraySync(), 0)];
  const [key, value] = [part(rows, 1), part(rows, 2)];
  return part(rows, 0).map((query, i) => {
    const own = key.map((k, j) => {
      const behind = i - j;
      const asked = dot(query, ofKeys[sequence - 1 - behind] ?? []);
      return dot(query, k) + asked + dot(k, ofQueries[behind + sequence - 1] ?? []);
    });
    const front = (prefix[0] ?? []).map((k) => dot(query, k));
    const shares = [...front, ...own].map((score) => Math.exp(score * scale));
    const total = shares.reduce((sum, share) => sum + share, 0);
    const seen = [...(prefix[1] ?? []), ...value];
    return query.map((_, place) =>
      seen.reduce((sum, one, index) => sum + ((shares[index] ?? 0) / total) * (one[place] ?? 0), 0),
    );
  });
}

describe('disentangled attention', () => {
  it.each([
    ['without a prefix', null],
    ['behind a prefix, which has content scores only', prefixOf([numHeads, 2, headSize])],
  ])('equals the formula worked out by hand %s', (_, prefix) => {
    const output = disentangledAttention(packed, { ...plain, prefix }).arraySync();
    const given = prefix ? [prefix.keys, prefix.values] : [];
    for (const [row, head] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const ofHead = given.map((part) => (part as tf.Tensor3D).arraySync()[head] ?? []);
      const expected = attendByHand(row, head, ofHead, plain.scale).flat();
      const actual = output
        .slice(row * sequence, (row + 1) * sequence)
        .flatMap((values) => values.slice(head * headSize, (head + 1) * headSize));
      expect(actual).toBeAllClose(expected, { absolute: 1e-5 });
    }
  });

  it('is ordinary attention where nothing depends on distances', () => {
    const options = { ...plain, prefix: prefixOf([2, numHeads, 2, headSize]), bias };
    const relative = { keys: null, queries: null };
    const query = { product: packed, bias: tf.zeros<tf.Rank.R1>([24]), biasTrained: false };
    const expected = attention({ query, keyValue: null }, options).dataSync();
    const actual = disentangledAttention(packed, { ...options, relative });
    expect(actual.dataSync()).toBeAllClose(expected, { absolute: 1e-5 });
  });

  it.each([
    ['without a prefix', plain],
    ['with a shared prefix', { ...plain, prefix: prefixOf([numHeads, 2, headSize]) }],
    [
      'with a prefix per row and a mask',
      { ...plain, prefix: prefixOf([2, numHeads, 2, headSize]), bias },
    ],
    ['with dropout', { ...plain, prefix: prefixOf([numHeads, 2, headSize]), dropWeights }],
  ])('has the gradients of central differences %s', (_, options: DisentangledOptions) => {
    const weights = tf.sin(tf.range(0, 48));
    const scalar = (x: tf.Tensor, changed: Partial<DisentangledOptions> = {}): tf.Scalar => {
      const output = disentangledAttention(x as tf.Tensor2D, { ...options, ...changed });
      return tf.mean(tf.mul(tf.reshape(output, [-1]), weights));
    };
    const compare = (f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor): void => {
      const expected = centralDifferences(f, x);
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
      expect(tf.grad(f)(x).dataSync()).toBeAllClose(expected, { absolute: 2e-3 });
    };
    compare((x) => scalar(x), packed);
    const { prefix, relative } = options;
    for (const part of ['keys', 'queries'] as const) {
      const table = relative[part] ?? packed;
      compare((x) => scalar(packed, { relative: { ...relative, [part]: x } }), table);
    }
    if (!prefix) return;
    for (const part of ['keys', 'values'] as const) {
      compare((x) => scalar(packed, { prefix: { ...prefix, [part]: x } }), prefix[part]);
    }
  });
});
