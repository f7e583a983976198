import { answerExactMatch, answerF1 } from '../metrics/answer-scores.ts';
import type { Scores } from '../task.ts';
import type { AnswerPrediction } from './answer-prediction.ts';
import type { QuestionRow } from './question-row.ts';

/**
 * Means of `f1` and `exactMatch`; with `answered` and `unanswered` ones of each where there are
 * questions of both kinds.
 */
export function scoreAnswers(
  predictions: readonly AnswerPrediction[],
  rows: readonly QuestionRow[],
): Scores {
  const scored = rows.map(({ answers }, index) => {
    const text = predictions[index]?.text ?? '';
    return {
      isAnswered: answers.text.length > 0,
      exactMatch: answerExactMatch(text, answers.text),
      f1: answerF1(text, answers.text),
    };
  });
  const [answered, unanswered] = [true, false].map((kind) =>
    scored.filter(({ isAnswered }) => isAnswered === kind),
  ) as [typeof scored, typeof scored]; // As many as kinds.
  const scores = { f1: mean(scored, 'f1'), exactMatch: mean(scored, 'exactMatch') };
  if (answered.length === 0 || unanswered.length === 0) return scores;
  return {
    ...scores,
    answeredF1: mean(answered, 'f1'),
    answeredExactMatch: mean(answered, 'exactMatch'),
    unansweredF1: mean(unanswered, 'f1'),
    unansweredExactMatch: mean(unanswered, 'exactMatch'),
  };
}

function mean(
  scored: readonly { readonly f1: number; readonly exactMatch: number }[],
  score: 'f1' | 'exactMatch',
): number {
  return scored.reduce((sum, one) => sum + one[score], 0) / Math.max(1, scored.length);
}
