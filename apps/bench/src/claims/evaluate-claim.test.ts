import { expect, it } from 'vitest';
import type { PlannedRun } from '../runner/plan.ts';
import { makeRecord } from '../testing/run-record.ts';
import type { ComparedClaim, Side } from './claim.ts';
import { slots } from './data/claim-data-sets.ts';
import { evaluateClaim } from './evaluate-claim.ts';
import { planClaim, runsOf } from './plan-claim.ts';

const rates = [0.01, 0.02].map((learningRate) => ({
  data: slots,
  method: 'prefix',
  departures: { training: { learningRate } },
}));

function claimOf(combine: Side['combine'] & string): ComparedClaim {
  return {
    kind: 'compared',
    id: 'made-up',
    statement: 'One is better',
    source: 'nowhere',
    left: { label: 'prefix', settings: rates, combine },
    relation: { kind: 'beats', by: 0.01 },
    right: { label: 'head', settings: [{ data: slots, method: 'head-only' }] },
  };
}

/** Scores that tell method, seed and rate apart. */
function recordOf({ method, seed, experiment }: PlannedRun) {
  const score = 0.1 * seed + (experiment?.training.learningRate ?? 0) * 10;
  return makeRecord({ method, seed, score: method === 'prefix' ? score : 0.05 });
}

it('plans both sides with the same seeds, pair by pair, each with its own settings', async () => {
  const plan = await planClaim(claimOf('mean'), 'quick', [3, 4]);
  const planned = runsOf(plan).map(({ method, seed, experiment }) => [
    method,
    seed,
    experiment?.training.learningRate,
  ]);
  const own = [0.01, 0.02];
  expect(planned).toEqual([
    ...[...own.map((rate) => ['prefix', 3, rate]), ['head-only', 3, 0.02]],
    ...[...own.map((rate) => ['prefix', 4, rate]), ['head-only', 4, 0.02]],
  ]);
});

it('combines the settings of a seed to one value, and compares seed by seed', async () => {
  const plan = await planClaim(claimOf('mean'), 'quick', [1, 2, 3, 4, 5]);
  const { left, right, difference, verdict, pValue, seeds } = evaluateClaim(plan, recordOf);
  expect(seeds).toEqual([1, 2, 3, 4, 5]);
  expect(left.values.map((value) => value.toFixed(3))).toEqual([
    '0.250',
    '0.350',
    '0.450',
    '0.550',
    '0.650',
  ]);
  expect(left.settings.map(({ method }) => method)).toEqual(['prefix', 'prefix']);
  expect(right.spread).toBeCloseTo(0, 12);
  expect(difference.mean).toBeCloseTo(0.4, 12);
  expect({ verdict, pValue }).toEqual({ verdict: 'holds', pValue: 1 / 32 });
});

it('compares how far the settings of a seed are apart', async () => {
  const plan = await planClaim(claimOf('spread'), 'quick', [1, 2]);
  // Two scores 0.1 apart have a standard deviation of 0.1 / √2.
  for (const value of evaluateClaim(plan, recordOf).left.values) {
    expect(value).toBeCloseTo(0.1 / Math.SQRT2, 12);
  }
});

it('compares two scores of the same runs', async () => {
  const settings = [{ data: slots, method: 'prefix' }];
  const twice: ComparedClaim = {
    ...claimOf('mean'),
    left: { label: 'accuracy', settings },
    right: { label: 'half', settings: settings.map((one) => ({ ...one, score: 'half' })) },
  };
  const plan = await planClaim(twice, 'quick', [1, 2]);
  const half = (run: PlannedRun) => {
    const record = makeRecord({ method: run.method, seed: run.seed, score: 0.4 });
    const scores = { ...record.test.scores, half: 0.1 * run.seed };
    return { ...record, test: { ...record.test, scores } };
  };
  const { left, right } = evaluateClaim(plan, half);
  expect([left.values, right.values]).toEqual([
    [0.4, 0.4],
    [0.1, 0.2],
  ]);
});
