import * as z from 'zod';
import { parseConfig } from '../../contract/config-schema.ts';
import { invalidOption } from '../../contract/invalid-option.ts';
import type { Optimizer } from '../optimizer/optimizer.ts';
import type { TrainEvent } from '../train-event.ts';
import type { ScalarWriter } from './train-options.ts';

/** Half a GiB: 35,000 rows of 10 tokens at a width of 384. */
export const defaultCacheBytes = 2 ** 29;

const count = z.int().positive();
const rows = z.custom<readonly unknown[]>(Array.isArray, 'Expected an array of rows.');
const scheduleNames = ['constant', 'linear', 'cosine', 'exponential'] as const;
const interval = z.union([z.literal('epoch'), z.strictObject({ steps: count })], {
  error: "Expected 'epoch' or { steps }, a positive whole number.",
});

/** The fields of `TrainOptions`, where each is documented. */
const fields = z.strictObject({
  train: rows.default([]),
  validation: rows.optional(),
  epochs: count.optional(),
  maxSteps: count.optional(),
  batchSize: count.default(16),
  gradientAccumulation: count.default(1),
  learningRate: z.number().positive().default(1e-2),
  weightDecay: z.number().min(0).optional(),
  optimizer: z.custom<Optimizer>(hasMethod('start'), 'Expected an optimizer.').optional(),
  schedule: z
    .union(
      [
        z.enum(scheduleNames),
        z.strictObject({ name: z.literal('exponential'), rate: z.number().positive().max(1) }),
      ],
      { error: `Expected { name: 'exponential', rate } or one of ${scheduleNames.join(', ')}.` },
    )
    .default('linear'),
  warmupSteps: z.int().min(0).optional(),
  warmupRatio: z.number().min(0).lt(1).optional(),
  clipNorm: z.number().positive().nullable().default(1),
  seed: z.int().default(0),
  groupByLength: z.boolean().default(true),
  sampling: z
    .union(
      [z.enum(['proportional', 'uniform']), z.strictObject({ temperature: z.number().positive() })],
      { error: "Expected 'proportional', 'uniform' or { temperature }, a positive number." },
    )
    .optional(),
  cache: z
    .union(
      [
        z.enum(['auto', 'off']),
        z.strictObject({
          maxBytes: z.int().nonnegative().default(defaultCacheBytes),
          folder: z.string().min(1).optional(),
        }),
      ],
      { error: "Expected 'auto', 'off' or { maxBytes, folder }." },
    )
    .default('auto'),
  evaluateEvery: interval.default('epoch'),
  evaluationBatchSize: count.default(32),
  earlyStopping: z.strictObject({ patience: count }).optional(),
  restoreBest: z.boolean().optional(),
  checkpoint: z
    .strictObject({
      folder: z.string().min(1),
      every: interval.default('epoch'),
      resume: z.boolean().default(false),
    })
    .optional(),
  signal: z.custom<AbortSignal>(hasMethod('throwIfAborted'), 'Expected an AbortSignal.').optional(),
  onEvent: z
    .custom<(event: TrainEvent) => void>((value) => typeof value === 'function', {
      error: 'Expected a function.',
    })
    .optional(),
  progress: z.enum(['auto', 'bar', 'lines', 'none']).default('auto'),
  log: z
    .strictObject({
      jsonl: z.string().min(1).optional(),
      tensorBoard: z
        .custom<ScalarWriter>(hasMethod('scalar'), 'Expected a writer with scalar and close.')
        .optional(),
    })
    .optional(),
});

type Fields = z.output<typeof fields>;

/** Options with their defaults, and with nothing in them that contradicts another. */
export type TrainSettings = Fields;

const absent = Object.fromEntries(Object.keys(fields.shape).map((key) => [key, undefined]));

const schema = fields
  .superRefine(refuseContradictions)
  // A misspelt key is held against all keys, those of absent fields too.
  .transform((settings): TrainSettings => ({ ...absent, ...settings }));

/** @throws {@link PtlError} `CONFIG_INVALID`, listing every issue. */
export function parseTrainOptions(options: unknown): TrainSettings {
  const settings = parseConfig('train', schema, options);
  if (settings.train.length > 0) return settings;
  throw invalidOption('train', 'train', 'There must be at least one row to train on.');
}

function refuseContradictions(settings: Fields, context: z.RefinementCtx): void {
  const { validation, warmupSteps, warmupRatio, optimizer } = settings;
  const isEvaluated = validation !== undefined && validation.length > 0;
  refuse('validation', validation?.length === 0, 'There must be at least one row, or no field.');
  refuse('warmupRatio', isGiven(warmupSteps, warmupRatio), 'Give warmupSteps or warmupRatio.');
  refuse('weightDecay', isGiven(optimizer, settings.weightDecay), 'Give it to the optimizer.');
  refuse('earlyStopping', isGiven(settings.earlyStopping) && !isEvaluated, needsRows);
  refuse('restoreBest', settings.restoreBest === true && !isEvaluated, needsRows);

  function refuse(field: string, isWrong: boolean, message: string): void {
    if (isWrong) context.addIssue({ code: 'custom', message, path: [field] });
  }
}

const needsRows = 'It needs validation rows.';

function isGiven(...values: readonly unknown[]): boolean {
  return values.every((value) => value !== undefined);
}

function hasMethod(name: string): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
}
