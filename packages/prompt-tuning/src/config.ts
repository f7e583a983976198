import {
  adafactor,
  type Presets,
  parseTemplate,
  resolveTemplate,
  slotCount,
  templateProblem,
} from '@ptl/core';
import * as z from 'zod';

const mostFrequent = z.int().positive().default(5000);

const template = z.string().superRefine((text, context) => {
  const problem = templateProblem(text);
  if (problem) return context.addIssue({ code: 'custom', message: problem });
  if (parseTemplate(text).some(({ kind }) => kind === 'soft')) {
    const message = 'Expected {prompt:N} for virtual tokens; words that are trained are P-tuning’s';
    context.addIssue({ code: 'custom', message });
  }
});

const fields = z.strictObject({
  /**
   * Virtual tokens, which take positions from the input. Lester et al. use 100 for models of
   * billions of parameters; in their figure 3a little is gained beyond 20.
   */
  promptLength: z.int().positive().default(20),
  /**
   * Where the virtual tokens go: in `front` of the first token, `after-first` (behind `[CLS]` or
   * `<s>`), at the `end`, behind the last token that is not padding, or where a `template` such as
   * `{prompt:3} {text} {prompt:3}` has them, `promptLength` in all. Lester et al. put them in front.
   */
  placement: z
    .union([z.enum(['front', 'after-first', 'end']), z.strictObject({ template })], {
      error: 'Expected "front", "after-first", "end" or { template }',
    })
    .default('front'),
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
   * Trains the prompt through an encoder that is dropped after training, so that the virtual tokens
   * depend on each other: `lstm`, P-tuning's bidirectional LSTM of `layers` with `hiddenSize` units in
   * each direction (`null` for half the embedding size) and an MLP. `residual` adds what it makes to
   * the embeddings that it reads, so that training starts near them; `dropout` is the share of the
   * values between two layers that is zeroed in each training step, in [0, 1). `null` trains the
   * embeddings themselves, as Lester et al. do.
   */
  reparameterization: z
    .strictObject({
      kind: z.literal('lstm'),
      hiddenSize: z.int().positive().nullable().default(null),
      layers: z.int().positive().default(2),
      dropout: z.number().min(0).lt(1).default(0),
      residual: z.boolean().default(true),
    })
    .nullable()
    .default(null),
  /**
   * Whether the frozen backbone runs with its own dropout in training. Off in Lester et al.'s code.
   */
  frozenDropout: z.boolean().default(false),
});

/** The settings of prompt tuning. */
export const promptTuningConfigSchema = fields.superRefine(
  ({ placement, promptLength }, context) => {
    if (typeof placement === 'string' || templateProblem(placement.template)) return;
    const { parts } = resolveTemplate(parseTemplate(placement.template), () => []);
    const slots = slotCount({ kind: 'template', parts });
    if (slots === promptLength) return;
    const message = `Expected ${slots}, as many as the template has virtual tokens`;
    context.addIssue({ code: 'custom', path: ['promptLength'], message });
  },
);

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
