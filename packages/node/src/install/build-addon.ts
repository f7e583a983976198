import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnginePlan } from '../plan/engine-plan.ts';
import { addonFile } from './addon-files.ts';
import { checkAddon } from './check-addon.ts';
import { type AddonBuild, compilerArguments } from './compiler-arguments.ts';
import { installFailure } from './install-failure.ts';
import { type OnInstallProgress, progressAt } from './install-progress.ts';
import { addonFolder } from './installed-engine.ts';
import { nativeSources } from './native-sources.ts';
import { runProgram } from './run-program.ts';

/** Makes the addons of the present sources in an engine's folder. */
export type BuildAddon = (
  plan: EnginePlan,
  engine: string,
  compiler: string,
  env: NodeJS.ProcessEnv,
  onProgress: OnInstallProgress,
) => Promise<void>;

const stagingPrefix = '.addon-';

/**
 * Compiles the addons, loads them once, and only then puts them where they are looked for. Only the holder of the
 * install lock may call this.
 *
 * @throws {@link PtlError} `ENGINE_INSTALL_FAILED` with the compiler's first error, or if what it made cannot be loaded.
 */
export const buildAddon: BuildAddon = async (plan, engine, compiler, env, onProgress) => {
  const sources = nativeSources();
  await removeLeftovers(engine);
  // As deep in the engine's folder as the final one: the addon finds TensorFlow by a relative path.
  const staging = join(engine, `${stagingPrefix}${process.pid}`);
  await mkdir(staging);
  onProgress(progressAt('compile', 0));
  await compile({ plan, sources, engine, output: staging }, compiler, env);
  onProgress(progressAt('check', 0));
  await checkAddon(addonFile(staging), plan.version);
  await rename(staging, addonFolder(engine, sources.hash));
};

async function compile(build: AddonBuild, compiler: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const args of compilerArguments(build)) {
    const result = await runProgram(compiler, args, env);
    if (result.code !== 0) throw installFailure('compile', firstError(compiler, result.output));
  }
}

function firstError(compiler: string, output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((text) => /error|undefined reference|cannot find/i.test(text));
  return `${compiler}: ${(line ?? lines[0] ?? 'no output').trim()}`;
}

/** What killed builds left. */
async function removeLeftovers(engine: string): Promise<void> {
  for (const name of await readdir(engine)) {
    if (name.startsWith(stagingPrefix)) await rm(join(engine, name), { recursive: true });
  }
}
