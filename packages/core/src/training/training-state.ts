import type { Tensor, Variable } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import { parseSafetensors } from '../backbone/weights/parse-safetensors.ts';
import { createWeights } from '../backbone/weights/weights.ts';
import { writeSafetensors } from '../backbone/weights/write-safetensors.ts';
import { PtlError } from '../contract/errors.ts';
import { nodeFiles } from '../files/node-files.ts';
import { exists, readBytes, readJson } from '../files/read-file.ts';
import { recoverFolder } from '../files/recover-folder.ts';

const evaluationSchema = z.object({
  step: z.int(),
  epoch: z.number(),
  trainLoss: z.number(),
  validationLoss: z.number().nullable(),
  scores: z.record(z.string(), z.number()),
});

const progressSchema = z.object({
  formatVersion: z.literal(1),
  /** What decides the run: data, options, model. A run goes on only where all of it is the same. */
  run: z.record(z.string(), z.string()),
  /** Updates made. */
  step: z.int().nonnegative(),
  /** Sum and number of training losses since the last evaluation. */
  losses: z.object({ sum: z.number(), count: z.int() }),
  history: z.array(evaluationSchema),
  best: evaluationSchema.nullable(),
  /** Evaluations since the best one. */
  withoutGain: z.int().nonnegative(),
  stoppedBy: z.enum(['epochs', 'max-steps', 'early-stopping']).nullable(),
});

/** Where a run is, without its tensors. */
export type TrainingProgress = z.output<typeof progressSchema>;

/** Values of variables and moments by name. */
export type SavedValues = ReadonlyMap<string, Float32Array>;

/** A training state as a checkpoint holds it. */
export interface TrainingState {
  readonly progress: TrainingProgress;
  readonly optimizerSteps: number;
  readonly variables: SavedValues;
  readonly moments: SavedValues;
  /** Of the best evaluation so far; empty before the first. */
  readonly best: SavedValues;
}

const tensorsName = 'training/state.safetensors';
const progressName = 'training/state.json';
const groups = ['variables', 'moments', 'best'] as const;

/** The files of a training state; shapes are the variables' own and need no storing. */
export function stateFiles(state: TrainingState): Map<string, Uint8Array | string> {
  const tensors = groups.flatMap((group) =>
    [...state[group]].map(([name, data]) => ({
      name: `${group}/${name}`,
      shape: [data.length],
      data,
    })),
  );
  const content = { ...state.progress, optimizerSteps: state.optimizerSteps };
  return new Map<string, Uint8Array | string>([
    [tensorsName, writeSafetensors(tensors)],
    [progressName, `${JSON.stringify(content, null, 2)}\n`],
  ]);
}

/**
 * Reads the training state of a folder; null where it has none.
 *
 * @throws {@link PtlError} `CHECKPOINT_INVALID` or `FILE_INVALID` if there is one and it is damaged.
 */
export async function readState(folder: string): Promise<TrainingState | null> {
  await recoverFolder(folder);
  const { path } = await nodeFiles();
  const file = path.join(folder, progressName);
  if (!(await exists(file))) return null;
  const content = await readJson(file);
  const result = progressSchema.extend({ optimizerSteps: z.int() }).safeParse(content);
  if (!result.success) throw invalid(folder, `${progressName}: ${z.prettifyError(result.error)}`);
  const { optimizerSteps, ...progress } = result.data;
  const tensorsFile = path.join(folder, tensorsName);
  const { tensors } = parseSafetensors(await readBytes(tensorsFile), tensorsFile);
  const stored = await createWeights(tensors, tensorsFile);
  const group = (name: string): SavedValues =>
    new Map(
      stored.names
        .filter((key) => key.startsWith(`${name}/`))
        .map((key) => [key.slice(name.length + 1), stored.float32(key)]),
    );
  const [variables, moments, best] = groups.map(group) as [SavedValues, SavedValues, SavedValues];
  return { progress, optimizerSteps, variables, moments, best };
}

/** Downloads the values of tensors by name. */
export async function readValues(tensors: ReadonlyMap<string, Tensor>): Promise<SavedValues> {
  const entries = [...tensors].map(async ([name, tensor]) => {
    return [name, Float32Array.from(await tensor.data<'float32'>())] as const;
  });
  return new Map(await Promise.all(entries));
}

/**
 * Puts saved values into variables.
 *
 * @throws {@link PtlError} `CHECKPOINT_INVALID` if one is missing or has another size.
 */
export function assignValues(
  variables: ReadonlyMap<string, Variable>,
  values: SavedValues,
  folder: string,
): void {
  for (const [name, variable] of variables) {
    const saved = values.get(name);
    if (saved?.length !== variable.size) {
      const found = saved ? `${saved.length} values` : 'none';
      throw invalid(folder, `it has ${found} for "${name}", which takes ${variable.size}`);
    }
    tf.tidy(() => variable.assign(tf.tensor(saved, variable.shape)));
  }
}

/** @throws {@link PtlError} `CHECKPOINT_INVALID`, naming what differs. */
export function assertSameRun(
  saved: Readonly<Record<string, string>>,
  current: Readonly<Record<string, string>>,
  folder: string,
): void {
  const differing = Object.keys({ ...saved, ...current }).filter(
    (key) => saved[key] !== current[key],
  );
  if (differing.length === 0) return;
  const shown = differing.map((key) => `${key} (was ${saved[key]}, is ${current[key]})`);
  throw invalid(folder, `the run it belongs to differs in ${shown.join(', ')}`);
}

function invalid(folder: string, reason: string): PtlError {
  const message = `The training state in "${folder}" cannot be used: ${reason}.`;
  return new PtlError('CHECKPOINT_INVALID', message, { folder, reason });
}
