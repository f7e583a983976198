import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { longestFirst, wholeWords } from './truncate.ts';

// Written by fixtures/make_truncation.py.
const { lengths }: { readonly lengths: readonly [number, number, number, number, number][] } =
  JSON.parse(readFileSync(new URL('../../fixtures/truncation.json', import.meta.url), 'utf8'));

describe('longestFirst', () => {
  it('keeps as many tokens of each text as the tokenizers library', () => {
    expect(lengths.length).toBeGreaterThan(500);
    const kept = lengths.map(([first, second, room]) => [
      first,
      second,
      room,
      ...longestFirst(first, second, room),
    ]);
    expect(kept).toEqual(lengths);
  });
});

describe('wholeWords', () => {
  it.each([
    [[1, 2, 3], 6, 3],
    [[1, 2, 3], 5, 2],
    [[4, 1], 3, 0],
    [[1, 0, 4, 0, 1], 2, 2],
    [[], 0, 0],
  ])('of lengths %j in a room of %i keeps %i', (words, room, kept) => {
    expect(wholeWords(words, room)).toBe(kept);
  });
});
