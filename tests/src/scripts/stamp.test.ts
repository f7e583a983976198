import { describe, expect, it } from 'vitest';
import { hashInputs } from '../../../scripts/setup/stamp.mjs';

describe('the hash of a setup step', () => {
  it('is the same for the same files and facts', () => {
    expect(hashInputs(['package.json'], ['x'])).toBe(hashInputs(['package.json'], ['x']));
  });

  it('changes with a file and with a fact', () => {
    const hashes = [
      hashInputs(['package.json'], ['x']),
      hashInputs(['turbo.json'], ['x']),
      hashInputs(['package.json', 'turbo.json'], ['x']),
      hashInputs(['package.json'], ['y']),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
