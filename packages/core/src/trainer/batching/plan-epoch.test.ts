import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUpdates, planEpoch, type UpdateRows } from './plan-epoch.ts';
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
        expect(updates).toHaveLength(countUpdates(examples.length, given));
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
