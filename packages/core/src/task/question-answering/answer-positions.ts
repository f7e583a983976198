import type { EncodedRow } from '../../tokenizer/encoded-row.ts';
import type { AnswerPlace } from './question-row.ts';

/** Positions of an answer's first and last token among the real tokens of its row. */
export interface AnswerPositions {
  readonly start: number;
  readonly end: number;
}

/** What stands for there being no answer: the first token, `[CLS]` or `<s>`. */
const none: AnswerPositions = { start: 0, end: 0 };

/**
 * The tokens to point at: those that cover the answer, or the first one where the window does not
 * have all of it.
 */
export function answerPositions(
  { window }: Pick<EncodedRow, 'window'>,
  answer: AnswerPlace | undefined,
): AnswerPositions {
  const first = window?.spans[0];
  const last = window?.spans.at(-1);
  if (!window || !answer || !first || !last) return none;
  if (first.start > answer.start || last.end < answer.end) return none;
  const start = window.spans.findLastIndex((span) => span.start <= answer.start);
  const end = window.spans.findIndex((span) => span.end >= answer.end);
  // Unknown tokens that share their characters may come out in the wrong order.
  const [low, high] = [Math.min(start, end), Math.max(start, end)];
  return { start: window.position + low, end: window.position + high };
}
