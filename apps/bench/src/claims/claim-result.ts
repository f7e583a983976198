import * as z from 'zod';

const sideSchema = z.strictObject({
  label: z.string(),
  /** What was run for each seed. */
  settings: z.array(
    z.strictObject({
      task: z.string(),
      method: z.string(),
      config: z.unknown(),
      training: z.unknown(),
      procedure: z.unknown().optional(),
      trainable: z.int(),
      steps: z.int().nullable(),
    }),
  ),
  /** One for each seed, as shares. */
  values: z.array(z.number()),
  mean: z.number(),
  /** Sample standard deviation over seeds; null with one seed. */
  spread: z.number().nullable(),
});

const facts = {
  id: z.string(),
  statement: z.string(),
  source: z.string(),
  verdict: z.enum(['holds', 'does not hold', 'undecided', 'skipped']),
};

/** What came of one claim, as it is stored. */
const claimResultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...facts,
    kind: z.literal('compared'),
    metric: z.string(),
    seeds: z.array(z.int()),
    relation: z.strictObject({ kind: z.enum(['beats', 'no-worse', 'equals']), by: z.number() }),
    left: sideSchema,
    right: sideSchema,
    /** Left minus right, over seeds. */
    difference: z.strictObject({ mean: z.number(), spread: z.number().nullable() }),
    pValue: z.number(),
  }),
  z.strictObject({ ...facts, kind: z.literal('exact'), evidence: z.string() }),
  z.strictObject({ ...facts, kind: z.literal('skipped'), reason: z.string() }),
]);

export type ClaimResult = z.output<typeof claimResultSchema>;
export type ComparedResult = Extract<ClaimResult, { kind: 'compared' }>;
