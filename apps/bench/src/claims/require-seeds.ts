import { invalidOption } from '@ptl/core';
import { maxPairs } from './statistics/sign-flip.ts';

/** @throws {@link PtlError} `CONFIG_INVALID` for more seeds than the test can take. */
export function requireSeeds(seeds: readonly number[]): void {
  if (seeds.length <= maxPairs) return;
  throw invalidOption(
    'claims',
    'seeds',
    `${seeds.length} were given; at most ${maxPairs} can be compared`,
  );
}
