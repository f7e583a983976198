import { describe, expect, it } from 'vitest';
import { bestOf, isOutOfPatience } from './run-state.ts';
import type { EvaluationRecord } from './train-report.ts';

function history(...evaluations: [accuracy: number, validationLoss: number][]): EvaluationRecord[] {
  return evaluations.map(([accuracy, validationLoss], index) => ({
    step: index + 1,
    epoch: index + 1,
    trainLoss: 0,
    validationLoss,
    scores: { accuracy },
  }));
}

describe('the best evaluation', () => {
  it('has the largest score, whatever its loss', () => {
    expect(bestOf(history([0.5, 0.1], [0.9, 0.8], [0.7, 0.1]), 'accuracy')?.step).toBe(2);
  });

  it('has the smallest loss of those with equal scores, and is the earliest of equals', () => {
    const evaluations = history([0.9, 0.4], [0.9, 0.2], [0.9, 0.2], [0.9, 0.3]);
    expect(bestOf(evaluations, 'accuracy')?.step).toBe(2);
  });

  it('is never one whose score is NaN, or missing', () => {
    expect(bestOf(history([Number.NaN, 0.1], [0.1, 2]), 'accuracy')?.step).toBe(2);
    expect(bestOf(history([0.5, 0.1]), 'entityF1')).toBeNull();
    expect(bestOf([], 'accuracy')).toBeNull();
  });
});

it('runs out of patience when nothing better came for so many evaluations', () => {
  const evaluations = history([0.5, 0.4], [0.9, 0.4], [0.9, 0.5], [0.8, 0.1]);
  expect(isOutOfPatience(evaluations, 'accuracy', 2)).toBe(true);
  expect(isOutOfPatience(evaluations, 'accuracy', 3)).toBe(false);
  expect(isOutOfPatience(evaluations, 'accuracy', null)).toBe(false);
});
