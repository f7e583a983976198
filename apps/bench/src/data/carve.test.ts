import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carve } from './carve.ts';
import { shuffle } from './shuffle.ts';

interface Row {
  readonly id: number;
  readonly labels: readonly string[];
}

const shape = {
  labelsOf: ({ labels }: Row) => labels,
  completeLabels: (labels: ReadonlySet<string>) => [...labels],
};

const rows = fc
  .array(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), { maxLength: 60 })
  .map((drawn) => drawn.map((labels, id): Row => ({ id, labels })));

describe('carving', () => {
  it('splits the rows in two, in order, and takes at most what it was asked for', () => {
    fc.assert(
      fc.property(rows, fc.nat(40), fc.nat(), (all, count, seed) => {
        const { kept, carved } = carve(all, { shape, count, seed });
        const ids = [kept, carved].map((half) => half.map(({ id }) => id));
        for (const half of ids) expect(half).toEqual([...half].sort((a, b) => a - b));
        expect(ids.flat().sort((a, b) => a - b)).toEqual(all.map(({ id }) => id));
        expect(carved.length).toBeLessThanOrEqual(count);
      }),
    );
  });

  it('leaves every label in what it keeps', () => {
    fc.assert(
      fc.property(rows, fc.nat(40), fc.nat(), (all, count, seed) => {
        const { kept } = carve(all, { shape, count, seed });
        const labelsOf = (part: readonly Row[]) => new Set(part.flatMap(({ labels }) => labels));
        expect(labelsOf(kept)).toEqual(labelsOf(all));
      }),
    );
  });

  it('takes the same share of each label, to one row', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 2, max: 40 }),
        fc.nat(),
        (a, b, seed) => {
          const labels = [...Array<string>(a).fill('a'), ...Array<string>(b).fill('b')];
          const all = labels.map((label, id): Row => ({ id, labels: [label] }));
          const count = Math.floor(all.length / 4);
          const { carved } = carve(all, { shape, count, seed });
          const taken = carved.filter((row) => row.labels[0] === 'a').length;
          expect(carved).toHaveLength(count);
          expect(Math.abs(taken - (count * a) / all.length)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('depends on the seed', () => {
    const all = Array.from({ length: 40 }, (_, id): Row => ({ id, labels: ['a'] }));
    const idsOf = (seed: number) =>
      carve(all, { shape, count: 10, seed }).carved.map(({ id }) => id);
    expect(idsOf(1)).toEqual(idsOf(1));
    expect(idsOf(1)).not.toEqual(idsOf(2));
  });
});

describe('shuffling', () => {
  it('keeps the items and repeats itself for equal seeds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(), (items, seed) => {
        const shuffled = shuffle(items, seed);
        expect([...shuffled].sort()).toEqual([...items].sort());
        expect(shuffle(items, seed)).toEqual(shuffled);
      }),
    );
  });

  it('puts an item in every place about equally often', () => {
    const counts = [0, 0, 0, 0];
    for (let seed = 1; seed <= 4000; seed++) {
      const place = shuffle([0, 1, 2, 3], seed).indexOf(0);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
