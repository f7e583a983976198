import type { NodeFiles } from '../../files/node-files.ts';
import { findInstalled } from './find-package.ts';

/** What core asks of `@ptl/node`, which core does not depend on. */
export interface ModelInstaller {
  /** The path of a model that was installed before. */
  findModel(name: string, options: { readonly cache: string }): Promise<string | undefined>;
  /** Fetches a model, or what of it is missing, and gives its path. */
  installModel(name: string, options: { readonly cache: string }): Promise<string>;
}

/**
 * Imports `@ptl/node` as a program in one of the folders would, the first that has it.
 *
 * @param starts Folders to look up from, in this order.
 */
export async function findModelInstaller(
  files: NodeFiles,
  starts: readonly string[],
): Promise<ModelInstaller | undefined> {
  const [{ createRequire }, { join }, { pathToFileURL }] = await Promise.all([
    import('node:module'),
    import('node:path'),
    import('node:url'),
  ]);
  for (const start of starts) {
    if ((await findInstalled(files, '@ptl/node', start)) === undefined) continue;
    const path = resolvePackage(createRequire(join(start, 'package.json')));
    if (path === undefined) continue;
    const module: unknown = await import(pathToFileURL(path).href);
    if (isModelInstaller(module)) return module;
  }
  return undefined;
}

/** Not a dependency: that package depends on this one. */
const packageName = '@ptl/node';

function resolvePackage({ resolve }: NodeJS.Require): string | undefined {
  try {
    return resolve(packageName);
  } catch {
    return undefined;
  }
}

/** An older release of the package has no models. */
function isModelInstaller(module: unknown): module is ModelInstaller {
  if (typeof module !== 'object' || module === null) return false;
  if (!('findModel' in module && 'installModel' in module)) return false;
  return typeof module.findModel === 'function' && typeof module.installModel === 'function';
}
