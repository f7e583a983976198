import * as z from 'zod';

/**
 * How a run is trained. Names, units and meanings are those of the trainer's options, but for what
 * is counted here in epochs or shares, so that it fits data of any size.
 */
export const trainingSettingsSchema = z.strictObject({
  epochs: z.int().positive(),
  /** Rows a step. */
  batchSize: z.int().positive().default(16),
  /** Per step, the largest that the schedule reaches. */
  learningRate: z.number().positive(),
  /** Decoupled from the gradient. */
  weightDecay: z.number().min(0).default(0),
  schedule: z.enum(['constant', 'linear', 'cosine']).default('linear'),
  /** Share of all steps over which the rate rises from zero. */
  warmupShare: z.number().min(0).lt(1).default(0.06),
  /** Epochs between two evaluations on the development part. */
  evaluateEveryEpochs: z.int().positive().default(1),
});

export type TrainingSettings = z.output<typeof trainingSettingsSchema>;
