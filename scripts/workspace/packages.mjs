import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from './root.mjs';

/**
 * Every package of the workspace: `{ name, directory, manifest }`, with the folder relative to the root.
 *
 * Read from `pnpm-workspace.yaml` without a YAML parser, because nothing is installed yet: its `packages` is one
 * line that is JSON too.
 */
export function workspacePackages() {
  return packagePatterns()
    .flatMap(packageDirectories)
    .filter((directory) => existsSync(join(root, directory, 'package.json')))
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
    .map((entry) => ({ name: entry.manifest.name, ...entry }));
}

/** The packages that go to the registry. */
export function publishablePackages() {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}

/** The `package.json` in a folder given relative to the root. */
export function readManifest(directory) {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
}

function packagePatterns() {
  const text = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const line = /^packages:\s*(\[.*\])\s*$/m.exec(text);
  if (!line) {
    throw new Error(
      'pnpm-workspace.yaml: write "packages: [...]" on one line, with double quotes.',
    );
  }
  return JSON.parse(line[1]);
}

function packageDirectories(pattern) {
  if (basename(pattern) !== '*') return [pattern];
  const parent = dirname(pattern);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent))
    .sort()
    .map((name) => join(parent, name));
}
