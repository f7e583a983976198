import { InvalidArgumentError } from 'commander';

/** Reads a whole number that is not too small. */
export function atLeast(smallest: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count >= smallest) return count;
    throw new InvalidArgumentError(
      `Expected a whole number from ${smallest} on, but got "${text}".`,
    );
  };
}
