import * as z from 'zod';
import { PtlError } from '../contract/errors.ts';
import { taskKinds } from '../contract/method.ts';

const layoutSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('placed'),
    at: z.enum(['front', 'after-first', 'end']),
    length: z.int().nonnegative(),
  }),
  z.strictObject({
    kind: z.literal('template'),
    parts: z.array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('prompt'), length: z.int().positive() }),
        z.strictObject({
          kind: z.literal('field'),
          field: z.enum(['text', 'textPair']),
          shorten: z.enum(['start', 'never']).optional(),
        }),
        z.strictObject({ kind: z.literal('words'), text: z.string() }),
        z.strictObject({ kind: z.literal('separator') }),
        z.strictObject({ kind: z.literal('mask'), count: z.int().positive().optional() }),
      ]),
    ),
  }),
]);

const originSchema = z.object({
  name: z.string(),
  config: z.unknown(),
  seed: z.number(),
  /** Of the model whose prompt it started as; absent where it started anew. */
  get startedFrom() {
    return originSchema.optional();
  },
});

/** What `ptl.json` says of a model that PEFT's files cannot. */
const ptlJsonSchema = z.object({
  formatVersion: z.literal(1),
  method: originSchema,
  task: z.object({
    kind: z.enum(taskKinds),
    options: z.record(z.string(), z.unknown()),
  }),
  prompt: z.object({
    kind: z.enum(['none', 'virtual-tokens', 'layer-prefixes']),
    length: z.int().nonnegative(),
    layout: layoutSchema,
    /** Whether as many virtual tokens stand in front of the decoder's input; absent if not. */
    decoder: z.literal(true).optional(),
    /** Positions by attention site and layer, where they are not the same in all; null for none. */
    layers: z
      .partialRecord(
        z.enum(['encoder', 'decoder', 'cross']),
        z.array(z.int().positive().nullable()),
      )
      .optional(),
  }),
  semantics: z.object({
    positionOffset: z.enum(['shift', 'none']),
    /** Whose rules hold where PTL and PEFT differ. */
    rules: z.enum(['ptl', 'peft']).default('ptl'),
  }),
  backbone: z.object({
    id: z.string(),
    family: z.string(),
    fingerprint: z.string(),
  }),
  /** Names of backbone weights that were trained and stored along. */
  unfrozen: z.array(z.string()),
  /** Result of the last evaluation before saving. */
  scores: z.record(z.string(), z.number()).nullable(),
  /** What PEFT would compute differently; null where nothing. */
  peftDifference: z.string().nullable(),
});

export type PtlJson = z.output<typeof ptlJsonSchema>;

/** Keys stand in the order of the schema, so that equal models give equal bytes. */
export function formatPtlJson(content: PtlJson): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** @throws {@link PtlError} `CHECKPOINT_INVALID`, naming each field that is not as it should be. */
export function parsePtlJson(content: unknown, folder: string): PtlJson {
  const result = ptlJsonSchema.safeParse(content);
  if (result.success) return result.data;
  const reason = result.error.issues
    .map(({ path, message }) => `${path.join('.') || '(root)'}: ${message}`)
    .join('; ');
  throw new PtlError('CHECKPOINT_INVALID', `ptl.json in "${folder}" is not valid: ${reason}.`, {
    folder,
    reason,
  });
}
