import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addonFile, muteFile } from '../install/addon-files.ts';
import type { BuildAddon } from '../install/build-addon.ts';
import { addonFolder } from '../install/installed-engine.ts';
import { nativeSources } from '../install/native-sources.ts';

/** Stands for compiling, and counts its calls by the lines of `builds` in the engine's folder. */
export const toyBuild: BuildAddon = async (_plan, engine) => {
  const staging = join(engine, `.toy-${process.pid}`);
  await mkdir(staging);
  for (const file of [addonFile(staging), muteFile(staging)]) await writeFile(file, 'toy');
  await appendFile(join(engine, 'builds'), 'built\n');
  await rename(staging, addonFolder(engine, nativeSources().hash));
};
