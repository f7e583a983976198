import { expect, it } from 'vitest';
import { macroAverage } from './macro-average.ts';

it('gives each evaluation the same weight', () => {
  const scores = [
    { precisionAt1: 0.2, meanReciprocalRank: 0.4 },
    { precisionAt1: 0.6, meanReciprocalRank: 0.8 },
    { precisionAt1: 0.1, meanReciprocalRank: 0.3 },
  ];
  const { precisionAt1, meanReciprocalRank } = macroAverage(scores);
  expect(precisionAt1).toBeCloseTo(0.3, 12);
  expect(meanReciprocalRank).toBeCloseTo(0.5, 12);
});

it('refuses evaluations that do not go together', () => {
  expect(() => macroAverage([])).toThrow('at least one');
  expect(() => macroAverage([{ accuracy: 1 }, { f1: 1 }])).toThrow('all have the scores accuracy');
  expect(() => macroAverage([{ a: 1 }, { a: 1, b: 1 }])).toThrow('all have the scores a');
});
