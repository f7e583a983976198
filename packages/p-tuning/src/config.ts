import { type Presets, type PromptPlacement, templateProblem } from '@ptl/core';
import * as z from 'zod';

const defaultTemplate = '{prompt:3} {text} {prompt:3}';
/** As many as `@ptl/prompt-tuning` takes. */
const defaultLength = 20;

const fields = z.strictObject({
  /**
   * What the backbone reads: `{text}` and `{text_pair}` for the row's own, `{prompt:3}` for three
   * virtual tokens, `{soft:WORDS}` for virtual tokens that start as these words, `{sep}` for a
   * separator, `{mask}` for the word that a task reads, and any words in between, which stay frozen
   * and serve as anchors. Liu et al. use two or three groups of three. `null` where `placement` is given.
   */
  template: z
    .string()
    .superRefine((template, context) => {
      const problem = templateProblem(template);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    })
    .nullish(),
  /**
   * In place of a template: all virtual tokens in `front` of the first token, as PEFT's P-tuning has
   * them, `after-first` (behind `[CLS]` or `<s>`), or at the `end`, behind the last token that is
   * not padding.
   */
  placement: z.enum(['front', 'after-first', 'end']).nullable().default(null),
  /** Virtual tokens where `placement` is given; 20 if absent. A template has its own. */
  promptLength: z.int().positive().nullable().default(null),
  /**
   * What generates the virtual tokens in training: `lstm`, a bidirectional LSTM and a two-layer
   * MLP; `mlp`, three linear layers; `none`. Dropped after training. Liu et al. use the LSTM.
   */
  encoder: z.enum(['lstm', 'mlp', 'none']).default('lstm'),
  /**
   * Units of the LSTM in each direction, or of the MLP; `null` takes half the embedding size for
   * the LSTM and all of it for the MLP, as Liu et al. do.
   */
  encoderHiddenSize: z.int().positive().nullable().default(null),
  /** Layers of the LSTM. 2 in Liu et al.'s code. */
  encoderLayers: z.int().positive().default(2),
  /**
   * Share of the values between two layers of the LSTM that is zeroed in each training step, in
   * [0, 1). 0 in Liu et al.'s code.
   */
  encoderDropout: z.number().min(0).lt(1).default(0),
  /** Whether the frozen backbone runs with its own dropout in training. */
  frozenDropout: z.boolean().default(false),
});

/** Where the virtual tokens go, in one of two ways. */
type Place =
  | { readonly template: string; readonly placement: null; readonly promptLength: null }
  | {
      readonly template: null;
      readonly placement: PromptPlacement;
      readonly promptLength: number;
    };

/** The settings of P-tuning. */
export const pTuningConfigSchema = fields
  .superRefine(({ template, placement, promptLength }, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (template && placement) {
      refuse('placement', 'Expected a template or a placement, not both');
    }
    if (promptLength && !placement) {
      refuse('promptLength', 'Expected a placement with it; a template has lengths of its own');
    }
  })
  .transform(({ template, placement, promptLength, ...rest }) => {
    const place: Place = placement
      ? { template: null, placement, promptLength: promptLength ?? defaultLength }
      : { template: template ?? defaultTemplate, placement, promptLength: null };
    return { ...place, ...rest };
  });

/** A validated config, with its defaults filled in. */
export type PTuningConfig = z.output<typeof pTuningConfigSchema>;

/**
 * Settings of Liu et al. for words that a frozen BERT knows (LAMA): the template (3, 3, 3), and the
 * training of `LAMA/p_tuning` in their code. That decays variables through the gradient, by 5e-4, which
 * AdamW does not do.
 */
export const pTuningPresets = {
  'verbalized-classification': {
    config: {
      template: '{prompt:3} {mask} {prompt:3} {text} {prompt:3}',
      encoder: 'lstm',
      encoderLayers: 2,
    },
    training: {
      epochs: 100,
      batchSize: 8,
      learningRate: 1e-5,
      schedule: { name: 'exponential', rate: 0.98 },
    },
  },
} as const satisfies Presets<z.input<typeof pTuningConfigSchema>>;
