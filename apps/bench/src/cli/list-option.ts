import { InvalidArgumentError } from 'commander';

/** Reads `a,b,c`; names may be separated by spaces too. */
export function parseNames(value: string): string[] {
  const names = value.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) throw new InvalidArgumentError('Expected names separated by commas.');
  return [...new Set(names)];
}

/** Reads `0,1,2`. */
export function parseSeeds(value: string): number[] {
  return parseNames(value).map((text) => {
    const seed = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
    throw new InvalidArgumentError(
      `Expected whole numbers from 0 on, separated by commas, but got "${text}".`,
    );
  });
}
