import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answerExactMatch, answerF1 } from './answer-scores.ts';

/** What the official functions say, see fixtures/make_answer_scores.py. */
const cases: readonly {
  readonly predicted: string;
  readonly gold: readonly string[];
  readonly exactMatch: number;
  readonly f1: number;
}[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/answer-scores.json', import.meta.url), 'utf8'),
);

describe('the scores of an answer', () => {
  it.each(cases)('are those of SQuAD: $predicted for $gold', (stored) => {
    expect(answerExactMatch(stored.predicted, stored.gold)).toBe(stored.exactMatch);
    expect(answerF1(stored.predicted, stored.gold)).toBeCloseTo(stored.f1, 12);
  });
});
