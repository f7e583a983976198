import * as z from 'zod';

/** The settings of the method. */
export const lowRankPromptConfigSchema = z
  .strictObject({
    /** Virtual tokens in front of the row. Xiao et al. use 100, with T5. */
    promptLength: z.int().positive().default(20),
    /** Rank that the prompt has at most, no more than it has virtual tokens. Xiao et al. use 10. */
    rank: z.int().positive().default(10),
  })
  .refine(({ promptLength, rank }) => rank <= promptLength, {
    path: ['rank'],
    error: 'Expected no more than promptLength',
  });

/** A validated config, with its defaults filled in. */
export type LowRankPromptConfig = z.output<typeof lowRankPromptConfigSchema>;
