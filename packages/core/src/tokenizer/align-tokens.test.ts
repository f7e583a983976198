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
    const surfaces = ['a', undefined, undefined, 'c'];
    expect(align('a?!;c', surfaces)).toEqual(['a', '?!;', '?!;', 'c']);
  });

  it('tells unknown neighbours apart where they are as many as words and marks', () => {
    const surfaces = Array.from({ length: 4 }, () => undefined);
    expect(align('(42%', surfaces.slice(1))).toEqual(['(', '42', '%']);
    expect(align('x東京y', surfaces)).toEqual(['x', '東', '京', 'y']);
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
