import * as z from 'zod';

/** What {@link cloze} is made of. */
export interface ClozeOptions {
  /**
   * The words that may fill the gap, each of one token where it stands: `vocabularyWords` finds those
   * of a vocabulary, and `singleTokenWords` leaves out what is not of one token.
   */
  readonly candidates: readonly string[];
  /**
   * What surrounds the text and where the word is read, such as `{text} was born in {mask}.`; a method
   * whose prompt is a template, such as P-tuning, says it there instead.
   */
  readonly template?: string | undefined;
  /**
   * Over which words the object's probability, and so the cross-entropy, is taken: those of the whole
   * `vocabulary`, as Liu et al. train, or the `candidates`, among which the object is looked for.
   * `vocabulary` if absent.
   */
  readonly loss?: 'vocabulary' | 'candidates' | undefined;
  /** The ranks `k` for which precision at `k` is scored, beside that at 1. 10 if absent. */
  readonly precisionAt?: readonly number[] | undefined;
  /** How many of the likeliest candidates a prediction lists. 5 if absent. */
  readonly top?: number | undefined;
  /** What messages call the task, such as a relation. */
  readonly name?: string | undefined;
  /** Marks the options in files. */
  readonly problemType?: 'cloze' | undefined;
}

const candidate = z.string().trim().min(1, 'A candidate must not be empty.');

/** Options with their defaults filled in. */
export const clozeSchema = z.strictObject({
  candidates: z
    .array(candidate)
    .min(2, 'There must be at least two candidates.')
    .superRefine((words, context) => {
      const places = new Map<string, number>();
      for (const [place, word] of words.entries()) {
        const first = places.get(word);
        if (first === undefined) places.set(word, place);
        else context.addIssue({ code: 'custom', path: [place], message: twice(word, first) });
      }
    }),
  template: z.string().optional(),
  loss: z.enum(['vocabulary', 'candidates']).default('vocabulary'),
  precisionAt: z.array(z.int().positive()).default([10]),
  top: z.int().positive().default(5),
  name: z.string().optional(),
  problemType: z.literal('cloze').default('cloze'),
});

function twice(word: string, place: number): string {
  return `"${word}" is candidate ${place} already.`;
}
