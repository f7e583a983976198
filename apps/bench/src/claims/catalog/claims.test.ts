import { createTinyBackbone } from '@ptl/core/testing';
import { expect, it } from 'vitest';
import { fingerprint } from '../../records/fingerprint.ts';
import { identifyRun } from '../../runner/identify-run.ts';
import type { ComparedClaim, Side } from '../claim.ts';
import { planClaim, type SeedRuns } from '../plan-claim.ts';
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
    const keysOf = ({ settings }: Side, seeds: readonly SeedRuns[]) =>
      seeds.flatMap(({ runs }) =>
        runs.map((run, place) => {
          const key = fingerprint(identifyRun(run, { backbone, engine }));
          return `${key} ${settings[place]?.score}`;
        }),
      );
    for (const size of ['quick', 'full'] as const) {
      const { left, right } = await planClaim(claim, size, [0]);
      const keys = [...keysOf(claim.left, left), ...keysOf(claim.right, right)];
      expect(new Set(keys).size).toBe(keys.length);
    }
  },
);
