import * as z from 'zod';
import { runIdentitySchema } from '../records/run-record.ts';

/** How one training of one setting did on the development part. */
export const trialRecordSchema = z.strictObject({
  version: z.literal(1),
  /** SHA-256 of the identity. */
  fingerprint: z.string(),
  /** Its data are those of the split, which has no test part. */
  identity: runIdentitySchema,
  primaryMetric: z.string(),
  /** Of the best evaluation, as a share; null if the loss was no number any more. */
  score: z.number().nullable(),
  loss: z.number().nullable(),
  /** Epoch of the best evaluation. */
  bestEpoch: z.number().nullable(),
  milliseconds: z.number(),
  finishedAt: z.iso.datetime(),
});

export type TrialRecord = z.output<typeof trialRecordSchema>;
/** What a training itself finds out. */
export type TrialOutcome = Pick<
  TrialRecord,
  'primaryMetric' | 'score' | 'loss' | 'bestEpoch' | 'milliseconds'
>;
