import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { packFolder } from './published-project.ts';

const core = fileURLToPath(new URL('../../../packages/core', import.meta.url));

/** The version that changesets give a package for a minor change. */
export function nextMinor(version: string): string {
  const [major, minor = '0'] = version.split('.');
  return `${major}.${Number(minor) + 1}.0`;
}

/** The version of core in the working tree. */
export function coreVersion(): string {
  return readManifest().version;
}

/** Packs core as it is built, under another version, and returns the path of the tarball. */
export async function packCoreAs(version: string, target: string): Promise<string> {
  using copy = makeTemporaryFolder();
  cpSync(join(core, 'dist'), join(copy.path, 'dist'), { recursive: true });
  const manifest = JSON.stringify({ ...readManifest(), version });
  writeFileSync(join(copy.path, 'package.json'), manifest);
  // Awaited here: the copy is removed when this function is left.
  return await packFolder(copy.path, target);
}

function readManifest(): { readonly version: string } {
  const text = readFileSync(join(core, 'package.json'), 'utf8');
  return JSON.parse(text) as { readonly version: string }; // Our own file.
}
