import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUpdates, planEpoch, type UpdateRows } from './plan-epoch.ts';
import type { Sampling } from './share-updates.ts';
import { shuffle } from './shuffle.ts';

interface Item {
  readonly id: number;
  readonly length: number;
}

const items = fc
  .array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 300 })
  .map((lengths) => lengths.map((length, id): Item => ({ id, length })));
const options = fc.record({
  batchSize: fc.integer({ min: 1, max: 20 }),
  gradientAccumulation: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
  groupByLength: fc.boolean(),
});

const idsOf = (updates: UpdateRows<Item>[]) => updates.flat(2).map(({ id }) => id);

function padding(batches: readonly (readonly Item[])[]): number {
  return batches.reduce((total, batch) => {
    const longest = Math.max(...batch.map(({ length }) => length));
    return total + batch.reduce((sum, { length }) => sum + longest - length, 0);
  }, 0);
}

describe('the plan of an epoch', () => {
  it('holds each example once, in batches and updates that are no larger than asked for', () => {
    fc.assert(
      fc.property(items, options, fc.nat(20), (examples, given, epoch) => {
        const updates = planEpoch(examples, epoch, given);
        const ids = idsOf(updates).toSorted((one, other) => one - other);
        expect(ids).toEqual(examples.map(({ id }) => id));
        expect(updates).toHaveLength(countUpdates(examples, given));
        for (const batches of updates) {
          expect(batches.length).toBeLessThanOrEqual(given.gradientAccumulation);
          for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(given.batchSize);
        }
      }),
    );
  });

  it('is the same for the same seed and epoch, and another for another', () => {
    const examples = Array.from({ length: 100 }, (_, id) => ({ id, length: (id * 7) % 31 }));
    const plan = (epoch: number, seed: number) =>
      idsOf(planEpoch(examples, epoch, { batchSize: 8, gradientAccumulation: 1, seed }));
    expect(plan(3, 1)).toEqual(plan(3, 1));
    expect(plan(4, 1)).not.toEqual(plan(3, 1));
    expect(plan(3, 2)).not.toEqual(plan(3, 1));
  });

  it('puts the rows of one batch of 16 into two of 8', () => {
    const examples = Array.from({ length: 70 }, (_, id) => ({ id, length: (id * 7) % 31 }));
    const one = planEpoch(examples, 0, { batchSize: 16, gradientAccumulation: 1, seed: 1 });
    const two = planEpoch(examples, 0, { batchSize: 8, gradientAccumulation: 2, seed: 1 });
    expect(two.map((batches) => batches.flat())).toEqual(one.map((batches) => batches.flat()));
    expect(Math.max(...two.map((batches) => batches.length))).toBe(2);
  });

  it('pads less than a fifth of what batches in random order do', () => {
    const examples = Array.from({ length: 400 }, (_, id) => ({
      id,
      length: 1 + ((id * 37) % 101),
    }));
    const planned = planEpoch(examples, 0, { batchSize: 8, gradientAccumulation: 1, seed: 1 });
    const mixed = shuffle(examples, 1);
    const random = Array.from({ length: 50 }, (_, at) => mixed.slice(at * 8, (at + 1) * 8));
    expect(padding(planned.flat())).toBeLessThan(padding(random) / 5);
  });

  it('leaves rows in random order where they are not to be grouped', () => {
    const examples = Array.from({ length: 400 }, (_, id) => ({
      id,
      length: 1 + ((id * 37) % 101),
    }));
    const options = { batchSize: 8, gradientAccumulation: 1, seed: 1 };
    const plan = (epoch: number, groupByLength: boolean) =>
      planEpoch(examples, epoch, { ...options, groupByLength });
    const grouped = padding(plan(0, true).flat());
    expect(padding(plan(0, false).flat())).toBeGreaterThan(5 * grouped);
    expect(idsOf(plan(0, false))).toEqual(idsOf(plan(0, false)));
    expect(idsOf(plan(1, false))).not.toEqual(idsOf(plan(0, false)));
  });

  it('does not go from short rows to long ones', () => {
    const examples = Array.from({ length: 400 }, (_, id) => ({ id, length: id }));
    const firsts = planEpoch(examples, 0, { batchSize: 8, gradientAccumulation: 1, seed: 1 }).map(
      (batches) => batches[0]?.[0]?.length ?? 0,
    );
    const rises = firsts.filter((length, at) => length > (firsts[at - 1] ?? 0)).length;
    expect(rises).toBeGreaterThan(15);
    expect(rises).toBeLessThan(35);
  });
});

describe('the plan of an epoch over several data sets', () => {
  const sizes = { large: 100, middle: 31, small: 5 };
  const examples = Object.entries(sizes).flatMap(([dataSet, size]) =>
    Array.from({ length: size }, (_, id) => ({ id, dataSet, length: 1 + ((id * 7) % 31) })),
  );
  const options = { batchSize: 4, gradientAccumulation: 2, seed: 3 };

  /** Updates of each data set in an epoch. */
  function countsOf(sampling: Sampling | undefined, epoch = 0) {
    const counts = { large: 0, middle: 0, small: 0 };
    for (const batches of planEpoch(examples, epoch, { ...options, sampling })) {
      const [name = '', ...others] = new Set(batches.flat().map(({ dataSet }) => dataSet));
      expect(others).toEqual([]);
      if (name === 'large' || name === 'middle' || name === 'small') counts[name]++;
    }
    return counts;
  }

  it.each([
    [undefined, { large: 13, middle: 4, small: 1 }],
    ['proportional', { large: 13, middle: 4, small: 1 }],
    ['uniform', { large: 6, middle: 6, small: 6 }],
    // Shares of 18 are 18 * sqrt(n) / (10 + 5.568 + 2.236): 10.11, 5.63 and 2.26.
    [{ temperature: 2 }, { large: 10, middle: 6, small: 2 }],
    [{ temperature: 1e9 }, { large: 6, middle: 6, small: 6 }],
    // Shares of 18 are 18 * n / 136: 13.24, 4.10 and 0.66.
    [{ temperature: 1 }, { large: 13, middle: 4, small: 1 }],
    [{ temperature: 0.25 }, { large: 16, middle: 1, small: 1 }],
  ] as const)('has exactly the updates of each that %j asks for', (sampling, expected) => {
    expect(countUpdates(examples, options)).toBe(18);
    for (const epoch of [0, 1, 5]) expect(countsOf(sampling, epoch)).toEqual(expected);
  });

  it('holds each row once where they are taken in proportion', () => {
    const places = planEpoch(examples, 2, options)
      .flat(2)
      .map(({ dataSet, id }) => `${dataSet} ${id}`);
    expect(places.toSorted()).toEqual(examples.map((row) => `${row.dataSet} ${row.id}`).toSorted());
  });

  it('takes all rows of a data set before any of them again, over the ends of epochs', () => {
    const seen = (name: string, epochs: number) =>
      Array.from({ length: epochs }, (_, epoch) =>
        planEpoch(examples, epoch, { ...options, sampling: 'uniform' }),
      )
        .flat()
        .filter((batches) => batches[0]?.[0]?.dataSet === name);
    // Four updates are a pass, so that two epochs of six are three passes.
    const times = new Map<number, number>();
    for (const { id } of seen('middle', 2).flat(2)) times.set(id, (times.get(id) ?? 0) + 1);
    expect([...times.values()]).toEqual(Array.from({ length: 31 }, () => 3));
    // 13 updates are a pass: 12 of them leave out 8 rows, or the 4 of the smaller one.
    const once = seen('large', 2).flat(2);
    expect(new Set(once).size).toBe(once.length);
    expect([92, 96]).toContain(once.length);
  });

  it('is the same for the same seed and epoch, with data sets in random order', () => {
    const order = (seed: number, epoch: number) =>
      planEpoch(examples, epoch, { ...options, seed })
        .map((batches) => batches[0]?.[0]?.dataSet)
        .join();
    expect(order(3, 1)).toBe(order(3, 1));
    expect(order(3, 2)).not.toBe(order(3, 1));
    expect(order(4, 1)).not.toBe(order(3, 1));
    const sorted = 'large,large,large,large,large,large,large,large,large,large,large,large,large';
    expect(order(3, 1)).not.toContain(sorted);
  });
});
