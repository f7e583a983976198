import { expect, it } from 'vitest';
import { parseNames, parseSeeds } from './list-option.ts';

it('reads names, each once', () => {
  expect(parseNames('slots, intents,slots')).toEqual(['slots', 'intents']);
  expect(() => parseNames(' ,')).toThrow('Expected names');
});

it('reads seeds and refuses anything else, with the value', () => {
  expect(parseSeeds('0,1,42')).toEqual([0, 1, 42]);
  for (const value of ['-1', '1.5', 'x', '1e3', '99999999999999999']) {
    expect(() => parseSeeds(value)).toThrow(`"${value}"`);
  }
});
