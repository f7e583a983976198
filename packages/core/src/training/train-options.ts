import * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import type { TrainEvent } from './events.ts';
import type { TrainingLog } from './training-log.ts';

const positive = z.number().positive();
const whole = z.int().positive();
const interval = z.union([z.literal('epoch'), z.strictObject({ steps: whole })]);
const scheduleNames = ['constant', 'linear', 'cosine', 'exponential'] as const;

const settingsSchema = z.strictObject({
  /** Passes over the training rows. */
  epochs: whole.default(10),
  /** Updates after which training ends, whatever `epochs` says. */
  maxSteps: whole.optional(),
  /** Rows per forward pass. */
  batchSize: whole.default(16),
  /** Forward passes per update. */
  gradientAccumulation: whole.default(1),
  /** Per update, after warm-up. High, as prompts want it: the papers' code uses 5e-3 to 6e-2. */
  learningRate: positive.default(1e-2),
  /** Decoupled weight decay. */
  weightDecay: z.number().nonnegative().default(0),
  /** Gradients are scaled down to this global norm; null leaves them. */
  clipNorm: positive.nullable().default(1),
  /** How the learning rate moves; `exponential` falls by 5 % an epoch. */
  schedule: z
    .union([
      z.enum(scheduleNames),
      z.strictObject({ name: z.literal('exponential'), rate: z.number().gt(0).lte(1) }),
    ])
    .default('linear'),
  /** Updates over which the rate rises from zero. */
  warmupSteps: z.int().nonnegative().default(0),
  /** When the validation rows are scored. */
  evaluateEvery: interval.default('epoch'),
  /** Rows per batch when scoring. */
  evaluationBatchSize: whole.default(32),
  /** Stops when this many evaluations in a row brought no better score. */
  earlyStopping: z.strictObject({ patience: whole }).optional(),
  /** Whether the variables of the best evaluation are put back at the end. */
  restoreBest: z.boolean().default(true),
  /** Decides the order of rows and all dropout. */
  seed: z.int().nonnegative().default(0),
  /** Where and how often to save a state from which training can go on. */
  checkpoint: z
    .strictObject({
      folder: z.string().min(1),
      every: interval.default('epoch'),
      /** Goes on from the folder's state; starts anew where there is none. */
      resume: z.boolean().default(false),
    })
    .optional(),
});

/** Everything about a run that is plain data, with defaults filled in. */
export type TrainSettings = z.output<typeof settingsSchema>;

export interface TrainOptions<Row> extends z.input<typeof settingsSchema> {
  readonly train: readonly Row[];
  /** Scored along the way; needed for early stopping and for the best checkpoint. */
  readonly validation?: readonly Row[];
  /** Ends the run after the current step, with a checkpoint where one is configured. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
  /** A bar on a terminal and lines elsewhere (`auto`), one of them, or nothing. Goes to stderr. */
  readonly progress?: 'auto' | 'bar' | 'lines' | 'none';
  readonly log?: TrainingLog;
}

/**
 * Splits options into validated settings and what is no plain data.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`, listing every problem.
 */
export function parseTrainOptions<Row>(options: TrainOptions<Row>) {
  const { train, validation = [], signal, onEvent, progress = 'auto', log, ...rest } = options;
  const settings = parseConfig('train', trainSchema(train, validation), rest);
  return { settings, train, validation, signal, onEvent, progress, log };
}

/** The schema, with checks on how many rows there are. */
function trainSchema(train: readonly unknown[], validation: readonly unknown[]) {
  return settingsSchema.superRefine(({ earlyStopping }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (train.length === 0) issue('train', 'There must be at least one row to train on.');
    if (earlyStopping && validation.length === 0) {
      issue('earlyStopping', 'Early stopping needs validation rows.');
    }
  });
}
