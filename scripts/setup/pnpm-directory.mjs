import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readManifest } from '../workspace/packages.mjs';
import { stampDirectory } from './stamp.mjs';

const knownFile = join(stampDirectory, 'pnpm.json');

/** The folder that holds the pnpm which `packageManager` names, if an earlier call has found it and it is still there. */
export function knownPnpmDirectory() {
  const { packageManager, directory } = readKnown();
  const holds = packageManager === wantedPnpm() && existsSync(join(directory, 'pnpm'));
  return holds ? directory : undefined;
}

/** Asks npx for that folder: npx downloads pnpm into npm's cache if it has to, which takes seconds. */
export async function findPnpmDirectory() {
  mkdirSync(stampDirectory, { recursive: true });
  const args = ['--yes', '--package', wantedPnpm(), '--call', 'command -v pnpm'];
  // Not in the workspace itself, where npx would rather take a pnpm out of node_modules.
  const env = { ...process.env, npm_config_loglevel: 'error' };
  const { stdout } = await promisify(execFile)('npx', args, { cwd: stampDirectory, env });
  const directory = dirname(stdout.trim());
  const known = { packageManager: wantedPnpm(), directory };
  writeFileSync(knownFile, `${JSON.stringify(known)}\n`);
  return directory;
}

function wantedPnpm() {
  return readManifest('.').packageManager;
}

function readKnown() {
  try {
    return JSON.parse(readFileSync(knownFile, 'utf8'));
  } catch {
    return {};
  }
}
