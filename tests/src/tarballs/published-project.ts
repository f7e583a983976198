import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';

const packages = fileURLToPath(new URL('../../../packages', import.meta.url));
const packTimeoutMs = 60_000;
const installTimeoutMs = 240_000;

/** Whether the packages, given by their folder names, have been built, so that there is something to pack. */
export function areBuilt(names: readonly string[]): boolean {
  return names.every((name) => existsSync(join(packages, name, 'dist', 'index.js')));
}

/** Whether npm's registry answers for a package: asked once before an install, so that its absence is told apart from a fault of ours. */
export async function isRegistryReachable(cwd: string): Promise<boolean> {
  try {
    await runProgram('npm', ['view', '@tensorflow/tfjs@4.22.0', 'version'], {
      cwd,
      timeoutMs: 20_000,
    });
    return true;
  } catch {
    return false;
  }
}

/** Packs packages as they would be published and returns the paths of their tarballs. */
export async function packPackages(names: readonly string[], target: string): Promise<string[]> {
  for (const name of names) {
    const cwd = join(packages, name);
    await runProgram('pnpm', ['pack', '--pack-destination', target], {
      cwd,
      timeoutMs: packTimeoutMs,
    });
  }
  return readdirSync(target)
    .filter((file) => file.endsWith('.tgz'))
    .map((file) => join(target, file));
}

/**
 * Installs tarballs and packages from the registry with plain npm into an empty project, install scripts on. npm's own
 * cache is shared with the rest of the machine.
 */
export async function installWithNpm(
  project: string,
  specifiers: readonly string[],
): Promise<void> {
  const manifest = { name: basename(project).toLowerCase(), private: true, type: 'module' };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...specifiers];
  await runProgram('npm', args, { cwd: project, timeoutMs: installTimeoutMs });
}

/** Names of what a project has installed at its top level, scopes included. */
export function installedPackages(project: string): string[] {
  const modules = join(project, 'node_modules');
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`)
        : [name],
    );
}
