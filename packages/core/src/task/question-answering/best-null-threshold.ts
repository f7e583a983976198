import { PtlError } from '../../contract/errors.ts';
import { answerExactMatch, answerF1 } from '../metrics/answer-scores.ts';
import type { AnswerPrediction } from './answer-prediction.ts';
import type { QuestionRow } from './question-row.ts';

/** A threshold and what it gives. */
export interface NullThreshold {
  /** For `nullScoreThreshold` of `questionAnswering`. */
  readonly threshold: number;
  /** The mean of the score over the rows it was found on, in [0, 1]. */
  readonly score: number;
}

const measures = { f1: answerF1, exactMatch: answerExactMatch };

/**
 * Finds the threshold of there being no answer that scores best on rows, such as development rows, as
 * the official evaluation of SQuAD 2.0 does (`best_f1_thresh`, `best_exact_thresh`).
 *
 * Rows are answered from the surest on, one by one; the threshold is where that scored best. Two
 * departures: rows that are equally sure are taken together, since no threshold tells them apart; and
 * where it is best to answer nothing, the threshold is below all rows', not 0, which would answer some.
 *
 * @param predictions - Of `model.predict(rows)`, with any threshold: their `best` answers count.
 * @throws {@link PtlError} `SHAPE_MISMATCH` unless there is a prediction for each row, and one at least.
 * @see Rajpurkar et al. (2018), arXiv:1806.03822, and its evaluation script, `find_best_thresh`
 */
export function bestNullThreshold(
  predictions: readonly Pick<AnswerPrediction, 'best' | 'nullScore'>[],
  rows: readonly Pick<QuestionRow, 'answers'>[],
  measure: 'f1' | 'exactMatch' = 'f1',
): NullThreshold {
  if (predictions.length !== rows.length || rows.length === 0) {
    const [expected, actual] = [`${Math.max(1, rows.length)} rows`, `${predictions.length} rows`];
    const message = `There must be a prediction for each of ${expected}. Got ${actual}.`;
    throw new PtlError('SHAPE_MISMATCH', message, { tensor: 'predictions', expected, actual });
  }
  const sure = predictions
    .map(({ best, nullScore }, row) => {
      const gold = rows[row]?.answers.text ?? [];
      const answered = measures[measure](best?.text ?? '', gold);
      return { odds: nullScore - (best?.score ?? 0), gain: answered - measures[measure]('', gold) };
    })
    .sort((one, other) => one.odds - other.odds);
  const nothing = rows.reduce((sum, { answers }) => sum + measures[measure]('', answers.text), 0);
  let best = { threshold: (sure[0]?.odds ?? 0) - 1, sum: nothing };
  let sum = nothing;
  for (const [place, { odds, gain }] of sure.entries()) {
    sum += gain;
    const isLast = sure[place + 1]?.odds !== odds;
    if (isLast && sum > best.sum) best = { threshold: odds, sum };
  }
  return { threshold: best.threshold, score: best.sum / rows.length };
}
