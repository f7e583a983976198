import * as z from 'zod';

export const questionAnsweringSchema = z.strictObject({
  name: z.string().optional(),
  stride: z.int().nonnegative().default(128),
  maxLength: z.int().positive().nullable().default(null),
  maxQuestionLength: z.int().positive().default(64),
  maxAnswerLength: z.int().positive().default(30),
  nullScoreThreshold: z.number().nullable().default(null),
});

export interface QuestionAnsweringOptions {
  /** What messages call the task. */
  readonly name?: string | undefined;
  /**
   * Tokens of the context that a window has in common with the one before it; at most half of those
   * that fit in one. 128 if absent.
   */
  readonly stride?: number | undefined;
  /** Positions of a window, question, prompt and all; as many as the backbone has if null or absent. */
  readonly maxLength?: number | null | undefined;
  /** Tokens of a question that are kept. 64 if absent. */
  readonly maxQuestionLength?: number | undefined;
  /** Tokens of the longest answer that is given. 30 if absent. */
  readonly maxAnswerLength?: number | undefined;
  /**
   * By how much the score of there being no answer has to beat the best answer's for none to be
   * given; 0 for data with impossible questions, or what is best on development rows. Null, the
   * default, always gives an answer.
   */
  readonly nullScoreThreshold?: number | null | undefined;
}
