import { describe, expect, it } from 'vitest';
import { alignTokens } from './align-tokens.ts';

function align(text: string, surfaces: readonly (string | undefined)[]): string[] {
  const units = Array.from(text, (form, start) => ({ start, end: start + 1, form }));
  return alignTokens(units, surfaces).map(({ start, end }) => text.slice(start, end));
}

describe('alignTokens', () => {
  it('gives each known token its characters', () => {
    expect(align('abcd', ['a', 'bc', 'd'])).toEqual(['a', 'bc', 'd']);
  });

  it('gives an unknown token what lies between its neighbours', () => {
    expect(align('a??b!c', ['a', undefined, 'b', undefined, 'c'])).toEqual([
      'a',
      '??',
      'b',
      '!',
      'c',
    ]);
  });

  it('lets unknown neighbours share', () => {
    expect(align('a?!c', ['a', undefined, undefined, 'c'])).toEqual(['a', '?!', '?!', 'c']);
  });

  it('takes a token that is not where it should be as unknown', () => {
    expect(align('abc', ['a', 'x', 'c'])).toEqual(['a', 'b', 'c']);
  });

  it('gives both parts of a character the whole of it', () => {
    const units = [{ start: 0, end: 2, form: 'xy' }];
    const whole = { start: 0, end: 2 };
    expect(alignTokens(units, ['x', 'y'])).toEqual([whole, whole]);
  });

  it('gives a token without characters none', () => {
    expect(align('ab', ['', 'a', 'b', ''])).toEqual(['', 'a', 'b', '']);
  });
});
