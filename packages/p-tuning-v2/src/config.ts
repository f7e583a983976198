import * as z from 'zod';

const positions = z.int().positive();

/** The settings of P-tuning v2. */
export const pTuningV2ConfigSchema = z.strictObject({
  /**
   * Positions put in front of the keys and values of every attention layer; one number, or one for
   * each kind of task. Liu et al. use 8 to 40 for most classification tasks, most often 20 on
   * BERT, 11 to 144 for entities, of which 32 lies between their two settings for OntoNotes, and
   * 8 or 16 for SQuAD. They continue no texts; 10 is Li and Liang's for that.
   */
  promptLength: z
    .union(
      [
        positions,
        z.strictObject({
          'sequence-classification': positions.default(20),
          'token-classification': positions.default(32),
          'causal-language-modeling': positions.default(10),
          'question-answering': positions.default(16),
        }),
      ],
      { error: 'Expected a positive whole number, or one for each kind of task' },
    )
    .prefault({}),
  /**
   * Trains the prompt through a two-layer MLP with `hiddenSize` units, which is dropped after
   * training; `null` trains the prompt itself. Off in all but one of Liu et al.'s settings, and
   * 512 units in that one.
   */
  reparameterization: z
    .strictObject({ hiddenSize: z.int().positive().default(512) })
    .nullable()
    .default(null),
  /**
   * Share of the prompt's keys and values that is zeroed in each training step, in [0, 1). Liu et
   * al. use 0.1, and 0.2 for two tasks.
   */
  dropout: z.number().min(0).lt(1).default(0.1),
  /** Standard deviation of the values that training starts from. 0.02 in Liu et al.'s code. */
  standardDeviation: z.number().positive().default(0.02),
  /** Whether the frozen backbone runs with its own dropout in training. On in Liu et al.'s code. */
  frozenDropout: z.boolean().default(true),
});

/** A validated config, with its defaults filled in. */
export type PTuningV2Config = z.output<typeof pTuningV2ConfigSchema>;
