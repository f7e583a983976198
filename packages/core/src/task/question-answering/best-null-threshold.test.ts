import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decideAnswer } from './answer-prediction.ts';
import { bestNullThreshold } from './best-null-threshold.ts';
import { scoreAnswers } from './score-answers.ts';

interface ThresholdCase {
  readonly threshold: number;
  readonly rows: readonly {
    readonly gold: readonly string[];
    readonly best: string;
    readonly score: number;
    readonly nullScore: number;
  }[];
  /** In percent. */
  readonly official: Readonly<Record<string, number>>;
}

// Written by fixtures/make_null_thresholds.py.
const cases: readonly ThresholdCase[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/null-thresholds.json', import.meta.url), 'utf8'),
);

const rowOf = (gold: readonly string[]) => ({
  question: '',
  context: '',
  answers: { text: gold, answerStart: gold.map(() => 0) },
});
const readingOf = (text: string, score: number, nullScore: number) => ({
  best: { text, start: 0, end: text.length, score },
  nullScore,
});

describe.each(cases)('the official evaluation with a threshold of $threshold', (stored) => {
  const rows = stored.rows.map(({ gold }) => rowOf(gold));
  const readings = stored.rows.map(({ best, score, nullScore }) =>
    readingOf(best, score, nullScore),
  );
  const { official } = stored;

  it('gives the same scores, over all questions, and with and without an answer', () => {
    const predictions = readings.map((reading) => decideAnswer([reading], stored.threshold));
    const scores = scoreAnswers(predictions, rows);
    const names = {
      exact: 'exactMatch',
      f1: 'f1',
      HasAns_exact: 'answeredExactMatch',
      HasAns_f1: 'answeredF1',
      NoAns_exact: 'unansweredExactMatch',
      NoAns_f1: 'unansweredF1',
    };
    for (const [name, own] of Object.entries(names)) {
      expect(100 * (scores[own] ?? Number.NaN), name).toBeCloseTo(official[name] ?? 0, 9);
    }
  });

  it.each([
    ['f1', 'f1'],
    ['exactMatch', 'exact'],
  ] as const)('finds the same best threshold for %s, which scores as it says', (measure, name) => {
    const { threshold, score } = bestNullThreshold(readings, rows, measure);
    expect(threshold).toBeCloseTo(official[`best_${name}_thresh`] ?? Number.NaN, 9);
    expect(100 * score).toBeCloseTo(official[`best_${name}`] ?? Number.NaN, 9);
    const predictions = readings.map((reading) => decideAnswer([reading], threshold));
    expect(scoreAnswers(predictions, rows)[measure]).toBeCloseTo(score, 12);
  });
});

describe('bestNullThreshold', () => {
  it('answers nothing where that is best', () => {
    const rows = [rowOf([]), rowOf(['nine'])];
    const readings = [readingOf('ten', 5, 1), readingOf('ten', 4, 2)];
    const { threshold, score } = bestNullThreshold(readings, rows);
    expect(score).toBe(0.5);
    expect(readings.map((reading) => decideAnswer([reading], threshold).text)).toEqual(['', '']);
  });

  it('takes rows together that no threshold tells apart', () => {
    const rows = [rowOf(['nine']), rowOf([]), rowOf(['ten'])];
    const readings = [readingOf('nine', 1, 0), readingOf('ten', 1, 0), readingOf('two', 0, 9)];
    const { threshold, score } = bestNullThreshold(readings, rows);
    expect(score).toBeCloseTo(1 / 3, 12);
    const predictions = readings.map((reading) => decideAnswer([reading], threshold));
    expect(scoreAnswers(predictions, rows)['f1']).toBeCloseTo(score, 12);
  });

  it('needs a prediction for each row', () => {
    expect(() => bestNullThreshold([], [])).toThrow(/SHAPE_MISMATCH.*1 rows. Got 0 rows/);
    expect(() => bestNullThreshold([], [rowOf([])])).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
