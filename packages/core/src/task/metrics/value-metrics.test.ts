import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pearsonCorrelation, spearmanCorrelation } from './correlation.ts';
import { labelSetScores } from './label-set-scores.ts';

// Written by fixtures/make_value_metrics.py.
const held: {
  readonly labels: readonly string[];
  readonly correlations: readonly {
    readonly predicted: readonly number[];
    readonly gold: readonly number[];
    readonly pearson: number;
    readonly spearman: number;
  }[];
  readonly sets: readonly {
    readonly predicted: readonly (readonly string[])[];
    readonly gold: readonly (readonly string[])[];
    readonly microF1: number;
    readonly macroF1: number;
    readonly accuracy: number;
  }[];
} = JSON.parse(
  readFileSync(new URL('../../../fixtures/value-metrics.json', import.meta.url), 'utf8'),
);

describe('correlations', () => {
  it.each(held.correlations)('are those of scipy for $gold', (stored) => {
    const { predicted, gold } = stored;
    expect(pearsonCorrelation(predicted, gold)).toBeCloseTo(stored.pearson, 12);
    expect(spearmanCorrelation(predicted, gold)).toBeCloseTo(stored.spearman, 12);
  });

  it('are 0 where one side does not vary', () => {
    expect(pearsonCorrelation([1, 1, 1], [1, 2, 3])).toBe(0);
    expect(spearmanCorrelation([], [])).toBe(0);
  });

  it('need as many predictions as values', () => {
    expect(() => pearsonCorrelation([1], [1, 2])).toThrow('SHAPE_MISMATCH');
  });
});

describe('the scores of sets of labels', () => {
  it.each(held.sets)('are those of scikit-learn for $gold', ({ predicted, gold, ...expected }) => {
    const scores = labelSetScores(predicted, gold, held.labels);
    expect(scores.microF1).toBeCloseTo(expected.microF1, 12);
    expect(scores.macroF1).toBeCloseTo(expected.macroF1, 12);
    expect(scores.accuracy).toBeCloseTo(expected.accuracy, 12);
  });

  it('are 0 for no rows', () => {
    expect(labelSetScores([], [], ['a'])).toEqual({ microF1: 0, macroF1: 0, accuracy: 0 });
  });
});
