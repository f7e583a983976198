import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { seq2seqCase } from '../seq2seq-case.ts';
import { bucketOf, relativeBias } from './relative-bias.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('buckets of distances', () => {
  it.each(seq2seqCase.buckets)(
    'are those of Transformers for $buckets up to $maxDistance, of keys behind too: $isBidirectional',
    (given) => {
      const expected = new Map(given.begins);
      let last = -1;
      for (let distance = -400; distance <= 400; distance++) {
        last = expected.get(distance) ?? last;
        expect(bucketOf(distance, given, given.isBidirectional), `${distance}`).toBe(last);
      }
    },
  );
});

describe('the bias of relative positions', () => {
  // One head, whose bucket of distance d before the query holds d: near ones have one each.
  const table = { values: tf.range(0, 8).expandDims(1) as tf.Tensor2D, trained: false };
  const spec = { buckets: 8, maxDistance: 20 };
  const biasOf = (prefixLength: number, used: number[] | null, isBidirectional = false) =>
    relativeBias(table, spec, isBidirectional, { sequence: 2, prefixLength, used }).values;

  it('places a prefix right in front of the row that uses it', () => {
    const bias = biasOf(2, [2, 1, 0]);
    expect(bias.shape).toEqual([1, 3, 2, 4]);
    const [first, second] = tf.unstack(tf.squeeze(bias, [0])).map((row) => row.arraySync());
    expect(first).toEqual([
      [2, 1, 0, 0],
      [3, 2, 1, 0],
    ]);
    // The second place of the prefix is masked.
    expect((second as number[][]).map(([at, , ...own]) => [at, ...own])).toEqual([
      [1, 0, 0],
      [2, 1, 0],
    ]);
  });

  it('is one for all rows that use as much', () => {
    expect(biasOf(2, [2, 2, 2]).shape).toEqual([1, 1, 2, 4]);
  });

  it('is zero for a prefix that stands at no distance', () => {
    const bias = biasOf(3, null, true);
    expect(tf.squeeze(bias).arraySync()).toEqual([
      [0, 0, 0, 0, 5],
      [0, 0, 0, 1, 0],
    ]);
  });
});
