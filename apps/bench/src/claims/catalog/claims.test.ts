import { createTinyBackbone } from '@ptl/core/testing';
import { expect, it } from 'vitest';
import { fingerprint } from '../../records/fingerprint.ts';
import { identifyRun } from '../../runner/identify-run.ts';
import type { ComparedClaim } from '../claim.ts';
import { planClaim, runsOf } from '../plan-claim.ts';
import { claims } from './claims.ts';

const compared = claims.filter((claim): claim is ComparedClaim => claim.kind === 'compared');
const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;

it('gives each claim an id of its own', () => {
  const ids = claims.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it.each(compared.map((claim) => [claim.id, claim] as const))(
  'compares two different things in %s, with valid settings for either size',
  async (_id, claim) => {
    using backbone = createTinyBackbone();
    const keyOf = (run: Parameters<typeof identifyRun>[0]) =>
      fingerprint(identifyRun(run, { backbone, engine }));
    for (const size of ['quick', 'full'] as const) {
      const plan = await planClaim(claim, size, [0]);
      const keys = runsOf(plan).map(keyOf);
      expect(new Set(keys).size).toBe(keys.length);
    }
  },
);
