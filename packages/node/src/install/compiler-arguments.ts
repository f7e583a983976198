import { join } from 'node:path';
import type { EnginePlan } from '../plan/engine-plan.ts';
import { addonFile, muteFile } from './addon-files.ts';
import type { NativeSources } from './native-sources.ts';

export interface AddonBuild {
  readonly plan: EnginePlan;
  readonly sources: NativeSources;
  /** The engine's folder, with the libraries and headers in it. */
  readonly engine: string;
  /** Where the addons go: a folder in the engine's folder. */
  readonly output: string;
}

/** The calls of the compiler that make the addons in `build.output`: one list of arguments for each. */
export function compilerArguments(build: AddonBuild): readonly string[][] {
  const { plan, sources, engine, output } = build;
  const isMac = plan.platform === 'darwin';
  const shared = [
    '-std=c++17',
    '-O3',
    // Without these the compiler may not turn loops with comparisons and roundings into vector code.
    '-fno-trapping-math',
    '-fno-math-errno',
    '-fPIC',
    '-shared',
    '-w',
    '-DNAPI_VERSION=8',
    '-DBUILDING_NODE_EXTENSION',
    // Node's own symbols are found in the running process; Apple's linker has to be told.
    ...(isMac ? ['-undefined', 'dynamic_lookup'] : []),
    ...sources.includes.map((include) => `-I${include}`),
  ];
  const addon = [
    ...shared,
    '-DNODE_GYP_MODULE_NAME=tfjs_binding',
    `-I${join(engine, 'tensorflow', 'include')}`,
    ...sources.addon,
    ...plan.libraries.map((library) => join(engine, library)),
    // The addon lies in a folder of the engine's folder, so the engine can be moved.
    `-Wl,-rpath,${isMac ? '@loader_path' : '$ORIGIN'}/../tensorflow`,
    '-o',
    addonFile(output),
  ];
  const mute = [
    ...shared,
    '-DNODE_GYP_MODULE_NAME=stderr_mute',
    ...sources.mute,
    '-o',
    muteFile(output),
  ];
  return [mute, addon];
}
