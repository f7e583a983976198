import { type RawRow, requireRow, requireString, requireStrings } from '../row-fields.ts';
import { invalidRow, type RowPlace } from '../row-place.ts';

export interface Question {
  readonly question: string;
  /** The text that the answer stands in. */
  readonly context: string;
}

/** A question about a text. */
export interface QuestionRow extends Question {
  /** What annotators answered; empty lists where the context has no answer. */
  readonly answers: {
    readonly text: readonly string[];
    /** Where each of them starts in the context, in UTF-16 code units. */
    readonly answerStart: readonly number[];
  };
}

/** An answer's place in its context, in UTF-16 code units. */
export interface AnswerPlace {
  readonly start: number;
  readonly end: number;
}

/** @throws {@link PtlError} `ROW_INVALID`. */
export function readQuestion(row: unknown, at: RowPlace): Question {
  const raw = requireRow(row, at);
  return {
    question: requireString(raw, 'question', at),
    context: requireString(raw, 'context', at),
  };
}

/**
 * Where the answers of a row stand in its context.
 *
 * @throws {@link PtlError} `ROW_INVALID`, also if an answer does not stand where the row says.
 */
export function readAnswers(row: unknown, context: string, at: RowPlace): AnswerPlace[] {
  const { answers } = requireRow(row, at);
  if (typeof answers !== 'object' || answers === null) {
    throw invalidRow(at, '"answers" must be an object with "text" and "answerStart"');
  }
  if ('answer_start' in answers) {
    throw invalidRow(
      at,
      'the places of its answers must be called "answerStart", not "answer_start"',
    );
  }
  const raw: RawRow = answers;
  const texts = requireStrings(raw, 'text', at);
  const starts = raw.answerStart;
  if (!Array.isArray(starts) || starts.length !== texts.length) {
    throw invalidRow(at, `"answerStart" must hold a number for each of ${texts.length} answers`);
  }
  return texts.map((text, index) => {
    const start: unknown = starts[index];
    if (typeof start === 'number' && context.startsWith(text, start) && start >= 0) {
      return { start, end: start + text.length };
    }
    throw invalidRow(at, `its answer ${JSON.stringify(text)} does not stand at ${start}`);
  });
}
