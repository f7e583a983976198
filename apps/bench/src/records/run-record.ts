import * as z from 'zod';

const scores = z.record(z.string(), z.number());
const count = z.int().nonnegative();
const place = z.strictObject({ step: count, epoch: z.number().nonnegative() });

/** One evaluation on the development part. */
const curvePointSchema = z.strictObject({
  ...place.shape,
  /** Mean over the steps since the point before. */
  trainLoss: z.number(),
  developmentLoss: z.number(),
  scores,
});

/** What decides the outcome of a run, and so whether it has to be run again. */
export const runIdentitySchema = z.strictObject({
  task: z.string(),
  kind: z.enum(['sequence-classification', 'token-classification']),
  method: z.string(),
  seed: z.int(),
  /** The validated config of the method, and how it was trained; null where nothing is trained. */
  config: z.strictObject({
    method: z.unknown(),
    training: z.record(z.string(), z.unknown()).nullable(),
  }),
  /** What was done, where it was not to train on one data set and test on it. */
  procedure: z.strictObject({ name: z.string(), settings: z.unknown() }).optional(),
  backbone: z.strictObject({ id: z.string(), fingerprint: z.string() }),
  /** SHA-256 over labels and rows. */
  dataHash: z.string(),
  versions: z.strictObject({ ptl: z.string(), engine: z.string() }),
});

/** The outcome of one run, as it is stored. */
export const runRecordSchema = z.strictObject({
  version: z.literal(1),
  /** SHA-256 of the identity. */
  fingerprint: z.string(),
  identity: runIdentitySchema,
  environment: z.strictObject({
    node: z.string(),
    platform: z.string(),
    threads: count,
    device: z.string(),
  }),
  data: z.strictObject({
    rows: z.strictObject({ train: count, development: count, test: count }),
    labels: count,
    notes: z.array(z.string()),
  }),
  parameters: z.strictObject({
    trainable: count,
    /** Values in what is saved: the folded prompt, the head, unfrozen weights. */
    stored: count,
  }),
  curve: z.array(curvePointSchema),
  /** The evaluation whose weights were tested; null where nothing is trained. */
  best: place.nullable(),
  last: place.nullable(),
  test: z.strictObject({ loss: z.number().nullable(), scores }),
  primaryMetric: z.string(),
  /** Median over all training steps. */
  millisecondsPerStep: z.number().nullable(),
  /** Training, evaluations and test, without loading the backbone. */
  totalMilliseconds: z.number(),
  /** Rows, of all parts, that were cut because they were too long with their prompt. */
  truncatedRows: count,
  finishedAt: z.iso.datetime(),
});

export type CurvePoint = z.output<typeof curvePointSchema>;
export type RunIdentity = z.output<typeof runIdentitySchema>;
export type RunRecord = z.output<typeof runRecordSchema>;
/** What a run itself finds out; the rest of its record is known before. */
export type RunOutcome = Omit<
  RunRecord,
  'version' | 'fingerprint' | 'identity' | 'environment' | 'finishedAt'
>;
