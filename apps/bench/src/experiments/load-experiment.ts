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

const defaultsSchema = z.strictObject({ training: z.record(z.string(), z.unknown()) });
const departuresSchema = z.strictObject({
  /** The method's own config. */
  method: z.unknown().optional(),
  /** What departs from the task's defaults. */
  training: z.record(z.string(), z.unknown()).default({}),
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
  root: string = experimentsFolder,
): Promise<Experiment> {
  const method = trainedMethods.get(methodName);
  const name = (file: string) => `experiments/${folder}/${file}.json`;
  const path = (file: string) => join(root, folder, `${file}.json`);
  const defaults = await readExperiment(path('defaults'), name('defaults'), defaultsSchema);
  if (defaults === null) {
    const file = path('defaults');
    throw new PtlError('FILE_NOT_FOUND', `There is no "${file}".`, { file });
  }
  const departures = await readExperiment(path(methodName), name(methodName), departuresSchema);
  const training = { ...defaults.training, ...departures?.training };
  return {
    method: parseConfig(name(methodName), method.configSchema, departures?.method ?? {}),
    training: parseConfig(name(methodName), trainingSettingsSchema, training),
  };
}
