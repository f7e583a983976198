import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { runProgram } from './run-program.ts';

const packages = fileURLToPath(new URL('../../../packages', import.meta.url));
const packTimeoutMs = 60_000;
const installTimeoutMs = 240_000;

/** Why tarballs of these packages, given by their folder names, cannot be installed; undefined if they can. */
export async function missingCondition(names: readonly string[]): Promise<string | undefined> {
  if (!areBuilt(names)) return 'skipped: not built, run pnpm build';
  using folder = makeTemporaryFolder();
  if (!(await isRegistryReachable(folder.path))) return 'skipped: no package registry in reach';
  return undefined;
}

/** Whether the packages have been built, so that there is something to pack. */
export function areBuilt(names: readonly string[]): boolean {
  return names.every((name) => existsSync(join(packages, name, 'dist', 'index.js')));
}

/** Whether npm's registry answers for a package: asked once before an install, so that its absence is told apart from a fault of ours. */
async function isRegistryReachable(cwd: string): Promise<boolean> {
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
  const files: string[] = [];
  for (const name of names) files.push(await packFolder(join(packages, name), target));
  return files;
}

/** Packs one package and returns the path of its tarball. */
export async function packFolder(folder: string, target: string): Promise<string> {
  const before = readdirSync(target);
  const args = ['pack', '--pack-destination', target];
  await runProgram('pnpm', args, { cwd: folder, timeoutMs: packTimeoutMs });
  const [file = ''] = readdirSync(target).filter((name) => !before.includes(name));
  return join(target, file);
}

/**
 * Installs tarballs and packages from the registry with plain npm into an empty project, install scripts on. npm's own
 * cache is shared with the rest of the machine.
 */
export async function installWithNpm(
  project: string,
  specifiers: readonly string[],
): Promise<void> {
  await npmInstall(project, specifiers);
}

/** Finds out what npm would install, and installs nothing. It fails where ranges of peers conflict. */
export async function resolveWithNpm(
  project: string,
  specifiers: readonly string[],
): Promise<void> {
  await npmInstall(project, ['--package-lock-only', ...specifiers]);
}

async function npmInstall(project: string, args: readonly string[]): Promise<void> {
  const manifest = { name: basename(project).toLowerCase(), private: true, type: 'module' };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const options = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...args];
  await runProgram('npm', options, { cwd: project, timeoutMs: installTimeoutMs });
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
