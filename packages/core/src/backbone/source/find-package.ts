import type { NodeFiles } from '../../files/node-files.ts';
import { exists } from '../../files/read-file.ts';
import { findModel } from './find-model.ts';

/**
 * Finds the model in an installed npm package, in the `node_modules` of a folder or of one above
 * it, as Node does. The package's own code does not run.
 *
 * @param starts Folders to look up from, in this order.
 * @param tried Gets the places that were looked at.
 */
export async function findPackage(
  files: NodeFiles,
  name: string,
  starts: readonly string[],
  tried: string[],
): Promise<string | undefined> {
  for (const start of starts) {
    const installed = await findInstalled(files, name, start);
    const found = installed && (await findModel(files, installed, tried));
    if (found) return found;
    if (!installed) tried.push(`npm package "${name}" from "${start}"`);
  }
  return undefined;
}

/** The folder of a package in the `node_modules` of a folder or of one above it. */
export async function findInstalled(
  { path }: NodeFiles,
  name: string,
  start: string,
): Promise<string | undefined> {
  let folder = path.resolve(start);
  for (;;) {
    const installed = path.join(folder, 'node_modules', name);
    if (await exists(installed)) return installed;
    const parent = path.dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}
