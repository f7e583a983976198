import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const ignored = new Set(['node_modules', 'dist', 'vendor', '.git', '.setup', '.turbo', 'runs']);

/**
 * Files below the given files and folders, sorted, as paths relative to the root. What is missing is left out, and so
 * is everything that a build or an install makes.
 */
export function listFiles(paths) {
  return paths.flatMap(walk).sort();
}

function walk(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(join(root, path))
    .filter((name) => !ignored.has(name))
    .flatMap((name) => walk(join(path, name)));
}
