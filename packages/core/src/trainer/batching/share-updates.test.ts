import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareUpdates } from './share-updates.ts';

const sizes = fc.array(
  fc.integer({ min: 1, max: 50_000 }).map((rows) => ({ rows, updates: Math.ceil(rows / 16) })),
  { minLength: 1, maxLength: 12 },
);
const sampling = fc.oneof(
  fc.constantFrom('proportional' as const, 'uniform' as const),
  fc.record({ temperature: fc.double({ min: 0.01, max: 1e6, noNaN: true }) }),
);

describe('shares of an epoch', () => {
  it('are whole numbers that make up one pass, with something for each data set', () => {
    fc.assert(
      fc.property(sizes, sampling, (all, how) => {
        const shares = shareUpdates(all, how);
        const total = all.reduce((sum, { updates }) => sum + updates, 0);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
        expect(shares.every((share) => Number.isInteger(share) && share >= 1)).toBe(true);
      }),
    );
  });

  it('do not favour a smaller data set', () => {
    fc.assert(
      fc.property(sizes, sampling, (all, how) => {
        const ordered = all.toSorted((one, other) => other.rows - one.rows);
        const shares = shareUpdates(ordered, how);
        for (const [place, share] of shares.entries()) {
          expect(shares[place + 1] ?? 0).toBeLessThanOrEqual(share);
        }
      }),
    );
  });
});
