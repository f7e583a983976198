import { join } from 'node:path';
import { isPtlError } from '@ptl/core';
import { cacheFolder } from '../cache/cache-folder.ts';
import { withProcessLock } from '../cache/process-lock.ts';
import type { EnginePlan } from '../plan/engine-plan.ts';
import { type BuildAddon, buildAddon } from './build-addon.ts';
import { findCompiler } from './find-compiler.ts';
import { describeFailure, installFailure } from './install-failure.ts';
import { installLibraries } from './install-libraries.ts';
import { type InstallProgress, type OnInstallProgress, progressAt } from './install-progress.ts';
import {
  engineFolder,
  hasLibraries,
  type InstalledEngine,
  readInstalled,
} from './installed-engine.ts';

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
export function installEngine(
  plan: EnginePlan,
  options: InstallOptions = {},
): Promise<InstalledEngine> {
  return installEngineWith(buildAddon, plan, options);
}

/** {@link installEngine} with the last step to choose: tests have no TensorFlow to compile against. */
export async function installEngineWith(
  build: BuildAddon,
  plan: EnginePlan,
  options: InstallOptions,
): Promise<InstalledEngine> {
  const { env = process.env } = options;
  const cache = options.cache ?? cacheFolder(env);
  let last: InstallProgress = progressAt('wait', 0);
  const onProgress = (progress: InstallProgress) => {
    // What was measured on the way may come in late.
    if (progress.percent < last.percent) return;
    last = progress;
    options.onProgress?.(progress);
  };
  const present = await readInstalled(cache, plan);
  if (present) return present;
  try {
    return await withProcessLock(
      installLock(cache),
      () => installLocked(build, plan, cache, env, onProgress),
      () => onProgress(progressAt('wait', 0)),
    );
  } catch (error) {
    if (isPtlError(error)) throw error;
    throw installFailure(last.stage, describeFailure(error), error);
  }
}

/** The file that whoever changes the cache's engines holds. */
export function installLock(cache: string): string {
  return join(cache, 'install.lock');
}

async function installLocked(
  build: BuildAddon,
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
  await build(plan, folder, compiler, env, onProgress);
  const installed = await readInstalled(cache, plan);
  if (!installed) throw installFailure('check', `${folder} is incomplete`);
  onProgress(progressAt('check', 1));
  return installed;
}
