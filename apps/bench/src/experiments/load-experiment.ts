import { join } from 'node:path';
import { PtlError, parseConfig } from '@ptl/core';
import * as z from 'zod';
import { experimentsFolder } from '../bench-folder.ts';
import { trainedMethods } from '../bench-methods.ts';
import { readExperiment } from './read-experiment.ts';
import { type TrainingSettings, trainingSettingsSchema } from './training-settings.ts';

/** How one method is run on one task. */
export interface Experiment {
  /** The method's validated config, with its defaults filled in. */
  readonly method: unknown;
  readonly training: TrainingSettings;
}

/** What a method departs from its own defaults, and from those of a task. */
export interface Departures {
  readonly method: Readonly<Record<string, unknown>>;
  readonly training: Readonly<Record<string, unknown>>;
}

export interface LoadOptions {
  /** The folder of all experiments; the bench's own if absent. */
  readonly root?: string;
  /** What is tried in place of what the files say, field by field. */
  readonly overrides?: Departures;
}

const fields = z.record(z.string(), z.unknown());
const defaultsSchema = z.strictObject({ training: fields });
const departuresSchema = z.strictObject({
  /** The method's own config. */
  method: fields.default({}),
  /** What departs from the task's defaults. */
  training: fields.default({}),
});

/**
 * Loads `<folder>/defaults.json`, and what `<folder>/<method>.json` departs from it, if there is
 * such a file.
 *
 * @param folder - Below the folder of experiments: the name of a built-in task, or a kind of task.
 * @throws {@link PtlError} `FILE_NOT_FOUND` without defaults; `FILE_INVALID`; `CONFIG_INVALID`,
 *   with every problem of the method's config, or of the training.
 */
export async function loadExperiment(
  folder: string,
  methodName: string,
  { root = experimentsFolder, overrides }: LoadOptions = {},
): Promise<Experiment> {
  const method = trainedMethods.get(methodName);
  const name = nameOf(folder, methodName);
  const file = join(root, folder, 'defaults.json');
  const defaults = await readExperiment(file, nameOf(folder, 'defaults'), defaultsSchema);
  if (defaults === null) {
    throw new PtlError('FILE_NOT_FOUND', `There is no "${file}".`, { file });
  }
  const departures = await loadDepartures(folder, methodName, root);
  const config = { ...departures.method, ...overrides?.method };
  const training = { ...defaults.training, ...departures.training, ...overrides?.training };
  return {
    method: parseConfig(name, method.configSchema, config),
    training: parseConfig(name, trainingSettingsSchema, training),
  };
}

/**
 * Loads what `<folder>/<method>.json` says; nothing if there is no such file.
 *
 * @throws {@link PtlError} `FILE_INVALID`; `CONFIG_INVALID`.
 */
export async function loadDepartures(
  folder: string,
  methodName: string,
  root: string,
): Promise<Departures> {
  const file = join(root, folder, `${methodName}.json`);
  const departures = await readExperiment(file, nameOf(folder, methodName), departuresSchema);
  return departures ?? { method: {}, training: {} };
}

function nameOf(folder: string, file: string): string {
  return `experiments/${folder}/${file}.json`;
}
