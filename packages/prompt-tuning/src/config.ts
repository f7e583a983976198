import { adafactor, type Presets } from '@ptl/core';
import * as z from 'zod';

const mostFrequent = z.int().positive().default(5000);

/** The settings of prompt tuning. */
export const promptTuningConfigSchema = z.strictObject({
  /**
   * Virtual tokens, which take positions from the input. Lester et al. use 100 for models of
   * billions of parameters; in their figure 3a little is gained beyond 20.
   */
  promptLength: z.int().positive().default(20),
  /**
   * Where the virtual tokens go: in `front` of the first token, `after-first` (behind `[CLS]` or
   * `<s>`), or at the `end`, behind the last token that is not padding. Lester et al. put them in
   * front.
   */
  placement: z.enum(['front', 'after-first', 'end']).default('front'),
  /**
   * Where training starts, by `kind`. `vocabulary`: embeddings of distinct tokens, drawn from the
   * `mostFrequent` (5,000) ones. `text`: those of the tokens of `text`, repeated or cut. `labels`: for each
   * class the mean embedding of its name's tokens, then as `vocabulary`. `uniform`: U[-`limit`,
   * `limit`), 0.5. `normal`: N(0, `standardDeviation`²), 0.02. Lester et al. compare the first,
   * third and fourth.
   */
  initialization: z
    .discriminatedUnion(
      'kind',
      [
        z.strictObject({ kind: z.literal('vocabulary'), mostFrequent }),
        z.strictObject({ kind: z.literal('text'), text: z.string().trim().min(1) }),
        z.strictObject({ kind: z.literal('labels'), mostFrequent }),
        z.strictObject({ kind: z.literal('uniform'), limit: z.number().positive().default(0.5) }),
        z.strictObject({
          kind: z.literal('normal'),
          standardDeviation: z.number().positive().default(0.02),
        }),
      ],
      { error: 'Expected a kind of "vocabulary", "text", "labels", "uniform" or "normal"' },
    )
    .prefault({ kind: 'vocabulary' }),
  /**
   * Whether the frozen backbone runs with its own dropout in training. Off in Lester et al.'s code.
   */
  frozenDropout: z.boolean().default(false),
});

/** A validated config, with its defaults filled in. */
export type PromptTuningConfig = z.output<typeof promptTuningConfigSchema>;

/** Section 3 of Lester et al. */
const training = {
  maxSteps: 30_000,
  batchSize: 32,
  learningRate: 0.3,
  optimizer: adafactor({ weightDecay: 1e-5 }),
  schedule: 'constant',
} as const;

/** Settings of Lester et al. for T5; their 30,000 steps are for models of billions of parameters. */
export const promptTuningPresets = {
  /** 20 tokens, beyond which figure 3a gains little, from the names of the classes, as figure 3b has it. */
  'sequence-classification': {
    config: { promptLength: 20, initialization: { kind: 'labels' } },
    training,
  },
  /** 100 tokens, as in all of their main results, from words, because a target is no class. */
  'sequence-to-sequence': {
    config: { promptLength: 100, initialization: { kind: 'vocabulary' } },
    training,
  },
} as const satisfies Presets<z.input<typeof promptTuningConfigSchema>>;
