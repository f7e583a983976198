import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPtlError } from '@ptl/core';
import { cacheFolder } from '../cache/cache-folder.ts';
import { withProcessLock } from '../cache/process-lock.ts';
import { fetchWheel } from '../fetch/fetch-wheel.ts';
import type { EnginePlan } from '../plan/engine-plan.ts';
import { checkAddon } from './check-addon.ts';
import { compileAddon, findCompiler } from './compile-addon.ts';
import { type ExtractedFiles, extractWheel } from './extract-wheel.ts';
import { describeFailure, installFailure } from './install-failure.ts';
import { type OnInstallProgress, progressAt } from './install-progress.ts';
import {
  addonFolder,
  engineFolder,
  hasLibraries,
  type InstalledEngine,
  manifestName,
  readInstalled,
} from './installed-engine.ts';
import { nativeSources } from './native-sources.ts';

export interface InstallOptions {
  /** Folder for engines and downloads. Default: {@link cacheFolder}. */
  readonly cache?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: OnInstallProgress;
}

/**
 * Installs an engine, or what of it is missing. Safe to call from several processes at once: one works, the others wait
 * for it. A killed install leaves only what a later one can go on from.
 *
 * @throws {@link PtlError} `ENGINE_INSTALL_FAILED` with a reason of one line.
 */
export async function installEngine(
  plan: EnginePlan,
  options: InstallOptions = {},
): Promise<InstalledEngine> {
  const { env = process.env, onProgress = () => {} } = options;
  const cache = options.cache ?? cacheFolder(env);
  const present = await readInstalled(cache, plan);
  if (present) return present;
  try {
    return await withProcessLock(
      installLock(cache),
      () => installLocked(plan, cache, env, onProgress),
      () => onProgress(progressAt('wait', 0)),
    );
  } catch (error) {
    if (isPtlError(error)) throw error;
    throw installFailure('extract', describeFailure(error), error);
  }
}

/** The file that whoever changes the cache's engines holds. */
export function installLock(cache: string): string {
  return join(cache, 'install.lock');
}

async function installLocked(
  plan: EnginePlan,
  cache: string,
  env: NodeJS.ProcessEnv,
  onProgress: OnInstallProgress,
): Promise<InstalledEngine> {
  const present = await readInstalled(cache, plan);
  if (present) return present;
  // Before half a gigabyte is fetched for nothing.
  const compiler = await findCompiler(env);
  const folder = engineFolder(cache, plan);
  if (!(await hasLibraries(folder))) await installLibraries(plan, cache, env, onProgress);
  const sources = nativeSources();
  const output = addonFolder(folder, sources.hash);
  onProgress(progressAt('compile', 0));
  await compileAddon({ plan, sources, engine: folder, output }, compiler, env);
  onProgress(progressAt('check', 0));
  const installed = await readInstalled(cache, plan);
  if (!installed) throw installFailure('check', `${folder} is incomplete`);
  await checkAddon(installed).catch(async (error: unknown) => {
    await rm(output, { recursive: true, force: true });
    throw error;
  });
  onProgress(progressAt('check', 1));
  return installed;
}

async function installLibraries(
  plan: EnginePlan,
  cache: string,
  env: NodeJS.ProcessEnv,
  onProgress: OnInstallProgress,
): Promise<void> {
  const folder = engineFolder(cache, plan);
  const engines = join(cache, 'engines');
  await mkdir(engines, { recursive: true });
  await removeLeftovers(engines);
  const paths = await fetchWheels(plan, join(cache, 'downloads'), env, onProgress);
  const staging = join(engines, `.staging-${process.pid}`);
  const files: ExtractedFiles = {};
  for (const [index, wheel] of plan.wheels.entries()) {
    const extracted = await extractWheel(wheel, paths[index] ?? '', staging, (share) =>
      onProgress(progressAt('extract', (index + share) / plan.wheels.length)),
    );
    Object.assign(files, extracted);
  }
  await writeFile(join(staging, manifestName), JSON.stringify(files));
  await rm(folder, { recursive: true, force: true });
  await rename(staging, folder);
  await rm(join(cache, 'downloads'), { recursive: true, force: true });
}

async function fetchWheels(
  plan: EnginePlan,
  downloads: string,
  env: NodeJS.ProcessEnv,
  onProgress: OnInstallProgress,
): Promise<string[]> {
  const total = plan.wheels.reduce((sum, { megabytes }) => sum + megabytes, 0);
  let before = 0;
  const paths: string[] = [];
  for (const wheel of plan.wheels) {
    onProgress(progressAt('download', before / total));
    const onBytes = (bytes: number) =>
      onProgress(progressAt('download', (before + bytes / 1e6) / total));
    paths.push(await fetchWheel(wheel, downloads, env, onBytes));
    before += wheel.megabytes;
  }
  return paths;
}

/** What killed installs left. Only the holder of the lock may call this. */
async function removeLeftovers(engines: string): Promise<void> {
  for (const name of await readdir(engines)) {
    if (name.startsWith('.staging-')) {
      await rm(join(engines, name), { recursive: true, force: true });
    }
  }
}
