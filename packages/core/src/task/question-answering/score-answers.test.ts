import { expect, it } from 'vitest';
import { scoreAnswers } from './score-answers.ts';

const row = (...text: string[]) => ({
  question: '',
  context: '',
  answers: { text, answerStart: text.map(() => 0) },
});
const prediction = (text: string) => ({
  text,
  start: 0,
  end: 0,
  score: 0,
  nullScore: 0,
  best: null,
});

it('averages over rows, and tells questions with and without an answer apart', () => {
  const rows = [row('the old tram', 'tram'), row('nine'), row(), row()];
  const predicted = ['old tram now', 'ten', '', 'tram'].map(prediction);
  const f1 = 0.8;
  expect(scoreAnswers(predicted, rows)).toEqual({
    f1: (f1 + 1) / 4,
    exactMatch: 1 / 4,
    answeredF1: f1 / 2,
    answeredExactMatch: 0,
    unansweredF1: 1 / 2,
    unansweredExactMatch: 1 / 2,
  });
  expect(scoreAnswers(predicted.slice(0, 1), rows.slice(0, 1))).toEqual({ f1, exactMatch: 0 });
});
