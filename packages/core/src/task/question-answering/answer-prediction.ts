import type { TextWindow } from '../../tokenizer/encoded-row.ts';

/** A stretch of a context. */
export interface AnswerSpan {
  /** As it stands in the context. */
  readonly text: string;
  /** Where it starts in the context, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** Sum of the logits of its first token as start and of its last as end. */
  readonly score: number;
}

/** The answer to a question; empty, at the context's start, where there is none. */
export interface AnswerPrediction extends AnswerSpan {
  /** Score of there being no answer; the smallest of all windows. */
  readonly nullScore: number;
  /** The best answer, also where there being none won; null for a context without tokens. */
  readonly best: AnswerSpan | null;
}

type WindowReading = Pick<AnswerPrediction, 'nullScore' | 'best'>;

/**
 * Finds the best answer in one window.
 *
 * @param logits - Of start and end in turn, for each real token.
 * @param longest - Tokens of the longest answer.
 */
export function readWindow(
  logits: Float32Array,
  window: TextWindow | undefined,
  longest: number,
): WindowReading {
  const nullScore = at(logits, 0) + at(logits, 1);
  if (!window) return { nullScore, best: null };
  const { position, spans, text } = window;
  let best: AnswerSpan | null = null;
  for (const [first, { start }] of spans.entries()) {
    const startLogit = at(logits, 2 * (position + first));
    for (let last = first; last < Math.min(first + longest, spans.length); last++) {
      const { end } = spans[last] ?? { end: start };
      const score = startLogit + at(logits, 2 * (position + last) + 1);
      // Tokens of white space alone cover nothing.
      if (end <= start || (best && score <= best.score)) continue;
      best = { text: text.slice(start, end), start, end, score };
    }
  }
  return { nullScore, best };
}

/**
 * Chooses the answer of a row among those of its windows, or none: where its score is higher by
 * more than the threshold, as in Transformers' examples.
 */
export function decideAnswer(
  windows: readonly WindowReading[],
  nullScoreThreshold: number | null,
): AnswerPrediction {
  const nullScore = Math.min(...windows.map((window) => window.nullScore));
  const found = windows.flatMap((window) => window.best ?? []);
  const [first = null, ...others] = found;
  const best = others.reduce(
    (one, other) => (one && other.score <= one.score ? one : other),
    first,
  );
  const isNone = nullScoreThreshold !== null && nullScore - (best?.score ?? 0) > nullScoreThreshold;
  if (best && !isNone) return { ...best, nullScore, best };
  return { text: '', start: 0, end: 0, score: nullScore, nullScore, best };
}

function at(logits: Float32Array, index: number): number {
  return logits[index] ?? Number.NaN;
}
