import * as z from 'zod';
import { parseConfig } from '../../contract/config-schema.ts';
import { type ClassificationOptions, classificationSchema } from '../classification-options.ts';

/** Marks the options in files, as `problem_type` does in Transformers. */
const problemType = 'word_in_context';

export interface WordInContextOptions<Label extends string = string>
  extends Partial<ClassificationOptions<Label>> {
  /**
   * How a model is told which words are meant. `pooled`, the default, reads the means of the hidden
   * states of each word's tokens beside the summary token. `quoted` puts each word in double quotes,
   * and `named` writes it and a colon in front of its text; both read the summary token alone.
   */
  readonly marks?: 'pooled' | 'quoted' | 'named' | undefined;
  readonly problemType?: typeof problemType | undefined;
}

const wordSchema = classificationSchema.safeExtend({
  marks: z.enum(['pooled', 'quoted', 'named']).default('pooled'),
  problemType: z.literal(problemType).default(problemType),
});

export type ParsedWordOptions = z.output<typeof wordSchema>;

/** @throws {@link PtlError} `CONFIG_INVALID`. */
export function parseWordOptions(options: object): ParsedWordOptions {
  const given = { labels: ['false', 'true'], ...options };
  return parseConfig('word-in-context', wordSchema, given);
}
