import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../files/read-file.ts';
import { relativeBucket, relativeRows } from './relative-positions.ts';

const file = fileURLToPath(
  new URL('../../../fixtures/encoders/relative-buckets.json', import.meta.url),
);
const cases = (await readJson(file)) as { buckets: number; most: number; of: number[] }[]; // As written.

describe('a distance', () => {
  it.each(cases)('has the bucket of Transformers: $buckets of them up to $most', (stored) => {
    const relative = { buckets: stored.buckets, maxDistance: stored.most };
    const distances = stored.of.map((_, distance) => distance);
    expect(distances.map((distance) => relativeBucket(distance, relative))).toEqual(stored.of);
    const negative = distances.map((distance) => relativeBucket(-distance, relative));
    expect(negative.map(Math.abs)).toEqual(stored.of);
    expect(negative.every((bucket) => bucket <= 0)).toBe(true);
  });

  it('is its own bucket where there are none, up to the end of the table', () => {
    const relative = {
      table: '',
      norm: null,
      span: 2,
      buckets: 0,
      maxDistance: 2,
      positionKey: null,
      positionQuery: null,
    };
    const { ascending, descending } = relativeRows(4, relative);
    expect(Array.from(ascending)).toEqual([0, 0, 1, 2, 3, 3, 3, 3]);
    expect(Array.from(descending)).toEqual([3, 3, 3, 2, 1, 0, 0, 0]);
  });
});
