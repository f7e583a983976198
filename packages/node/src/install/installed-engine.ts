import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type EnginePlan, engineVariants, planEngine } from '../plan/engine-plan.ts';
import { type Machine, thisMachine } from '../plan/machine.ts';
import { addonFile, muteFile } from './addon-files.ts';
import { nativeSources } from './native-sources.ts';

/** A TensorFlow engine that is complete and can be loaded. */
export interface InstalledEngine {
  readonly plan: EnginePlan;
  /** The engine's folder. */
  readonly folder: string;
  readonly addon: string;
  readonly mute: string;
}

export const manifestName = 'engine.json';

export function engineFolder(cache: string, plan: EnginePlan): string {
  return join(cache, 'engines', plan.key);
}

/** Where the addons of the present sources belong. */
export function addonFolder(engine: string, hash: string): string {
  return join(engine, `addon-${hash}`);
}

/** The installed engine of a machine: with CUDA if that was installed, else without, else none. */
export async function findInstalled(
  cache: string,
  machine: Machine = thisMachine(),
): Promise<InstalledEngine | undefined> {
  for (const variant of [...engineVariants].reverse()) {
    const plan = tryPlan(machine, variant);
    const installed = plan && (await readInstalled(cache, plan));
    if (installed) return installed;
  }
  return undefined;
}

export async function readInstalled(
  cache: string,
  plan: EnginePlan,
): Promise<InstalledEngine | undefined> {
  const folder = engineFolder(cache, plan);
  if (!(await hasLibraries(folder))) return undefined;
  const output = addonFolder(folder, nativeSources().hash);
  if (!existsSync(output)) return undefined;
  return { plan, folder, addon: addonFile(output), mute: muteFile(output) };
}

/** Whether every file that was extracted is there in its full size: a folder could be copied or cut short. */
export async function hasLibraries(folder: string): Promise<boolean> {
  try {
    const files: unknown = JSON.parse(await readFile(join(folder, manifestName), 'utf8'));
    if (typeof files !== 'object' || files === null) return false;
    const checks = Object.entries(files).map(async ([path, bytes]) => {
      return (await stat(join(folder, path))).size === bytes;
    });
    return (await Promise.all(checks)).every(Boolean);
  } catch {
    return false;
  }
}

function tryPlan(machine: Machine, variant: EnginePlan['variant']): EnginePlan | undefined {
  try {
    return planEngine(machine, variant);
  } catch {
    return undefined;
  }
}
