import { array, assert, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochsAt, type HalvingOptions, planHalving } from './halving.ts';

function options(rest: Partial<HalvingOptions> & { readonly count: number }): HalvingOptions {
  const epochs = Array.from({ length: rest.count }, () => 27);
  return { epochs, rungs: 3, eta: 3, seeds: 1, budget: null, settings: null, ...rest };
}

describe('a plan', () => {
  it('takes a third of the settings to each next rung, with three times the epochs', () => {
    const plan = planHalving(options({ count: 9 }));
    expect(plan.rungs.map(({ settings }) => settings)).toEqual([9, 3, 1]);
    expect(plan.rungs.map((rung) => epochsAt(27, rung))).toEqual([3, 9, 27]);
    // Each rung costs the same.
    expect(plan.cost).toBe(27 + 27 + 27);
  });

  it('rounds settings down, and takes one at least', () => {
    const sizes = (count: number) =>
      planHalving(options({ count, eta: 2 })).rungs.map(({ settings }) => settings);
    expect(sizes(7)).toEqual([7, 3, 1]);
    expect(sizes(2)).toEqual([2, 1, 1]);
    expect(sizes(1)).toEqual([1, 1, 1]);
  });

  it('trains for one epoch at least', () => {
    expect(epochsAt(2, { settings: 1, share: 1 / 9 })).toBe(1);
  });

  it('counts every seed', () => {
    expect(planHalving(options({ count: 9, seeds: 5 })).cost).toBe(5 * 81);
  });

  it('with one rung is a search of all at full length', () => {
    const plan = planHalving(options({ count: 4, rungs: 1 }));
    expect(plan).toEqual({ settings: 4, rungs: [{ settings: 4, share: 1 }], cost: 4 * 27 });
  });

  it('takes as many settings as the budget has room for', () => {
    expect(planHalving(options({ count: 9, budget: 81 })).settings).toBe(9);
    expect(planHalving(options({ count: 9, budget: 80 })).settings).toBe(8);
    expect(planHalving(options({ count: 9, budget: 38 }))).toMatchObject({ settings: 0, cost: 0 });
  });

  it('takes no more settings than it is told', () => {
    expect(planHalving(options({ count: 9, settings: 6 })).settings).toBe(6);
    expect(planHalving(options({ count: 9, settings: 20 })).settings).toBe(9);
  });
});

it('costs no more than the budget, whichever settings go on', () => {
  const cases = record({
    epochs: array(integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 30 }),
    rungs: integer({ min: 1, max: 4 }),
    eta: constantFrom(2, 3, 4),
    seeds: integer({ min: 1, max: 5 }),
    budget: integer({ min: 1, max: 3000 }),
    settings: option(integer({ min: 1, max: 30 })),
    choice: integer(),
  });
  const holds = ({ choice, ...chosen }: HalvingOptions & { readonly choice: number }) => {
    const plan = planHalving(chosen);
    // Of each rung, a run of neighbours that starts anywhere goes on.
    let left = chosen.epochs.slice(0, plan.settings);
    let spent = 0;
    for (const rung of plan.rungs) {
      const start = Math.abs(choice) % (left.length - rung.settings + 1);
      left = left.slice(start, start + rung.settings);
      for (const epochs of left) spent += epochsAt(epochs, rung) * chosen.seeds;
    }
    expect(spent).toBeLessThanOrEqual(plan.cost);
    expect(plan.cost).toBeLessThanOrEqual(chosen.budget ?? Number.POSITIVE_INFINITY);
  };
  assert(property(cases, holds));
});
