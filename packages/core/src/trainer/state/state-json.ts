import * as z from 'zod';
import type { RunState } from '../run-state.ts';
import type { Fingerprint } from './fingerprint.ts';

/** What `training/state.json` holds. */
export interface StateJson {
  readonly formatVersion: 1;
  readonly state: RunState;
  readonly fingerprint: Fingerprint;
  /** SHA-256 of `training/state.safetensors`. */
  readonly tensors: string;
}

/** JSON has no NaN and no infinities; a loss may be one of them. */
const odd = ['NaN', 'Infinity', '-Infinity'] as const;
const number = z.union([z.number(), z.enum(odd).transform(Number)]);
const count = z.int().min(0);

const evaluationRecord = z.strictObject({
  step: count,
  epoch: z.number(),
  trainLoss: number,
  validationLoss: number.nullable(),
  scores: z.record(z.string(), number),
});

const stateJson = z.strictObject({
  formatVersion: z.literal(1),
  state: z.strictObject({
    step: count,
    missed: z.record(z.string(), count).default({}),
    lossSum: number,
    lossCount: count,
    history: z.array(evaluationRecord),
    milliseconds: z.number(),
    millisecondsPerStep: z.number(),
    isFinished: z.boolean(),
  }),
  fingerprint: z.strictObject({
    options: z.record(z.string(), z.unknown()),
    model: z.record(z.string(), z.unknown()),
    train: z.string(),
    validation: z.string().nullable(),
  }),
  tensors: z.string(),
});

export function formatStateJson(content: StateJson): string {
  const text = JSON.stringify(
    content,
    (_, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    2,
  );
  return `${text}\n`;
}

/** @returns What it holds, or what is wrong with it. */
export function parseStateJson(value: unknown): { content: StateJson } | { problem: string } {
  const result = stateJson.safeParse(value);
  if (result.success) return { content: result.data };
  const [issue] = result.error.issues;
  return { problem: `${issue?.path.join('.') || 'its content'}: ${issue?.message}` };
}
