import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toBeAllClose } from '../testing/all-close.ts';
import { scheduleFactor } from './schedule.ts';

expect.extend({ toBeAllClose });

// See fixtures/make_optimizer.py.
const fixture = new URL('../../fixtures/optimizer.json', import.meta.url);
const { schedules, exponential } = JSON.parse(readFileSync(fixture, 'utf8'));

it.each(['constant', 'linear', 'cosine'] as const)('%s equals that of Transformers', (name) => {
  const { totalSteps, warmupSteps, factors } = schedules;
  const place = { totalSteps, warmupSteps, stepsPerEpoch: 5 };
  const own = factors[name].map((_: number, step: number) =>
    scheduleFactor({ name }, { ...place, step }),
  );
  expect(own).toBeAllClose(factors[name], { relative: 1e-12, absolute: 1e-12 });
});

it('exponential equals that of PyTorch, stepped once an epoch', () => {
  const { stepsPerEpoch, factors } = exponential;
  const place = { totalSteps: factors.length, warmupSteps: 0, stepsPerEpoch };
  const own = factors.map((_: number, step: number) =>
    scheduleFactor({ name: 'exponential', rate: 0.95 }, { ...place, step }),
  );
  expect(own).toBeAllClose(factors, { relative: 1e-12 });
});
