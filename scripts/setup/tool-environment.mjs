import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readManifest } from '../workspace/packages.mjs';
import { root } from '../workspace/root.mjs';
import { stampDirectory } from './stamp.mjs';

/**
 * The environment in which the workspace's tools run: pnpm in the version that `packageManager` names (fetched by npx
 * if need be) and the installed binaries come first on the path, and nothing reports usage or looks for updates.
 */
export async function toolEnvironment() {
  const { npm_config_loglevel: _silent, ...inherited } = process.env;
  const folders = [join(root, 'node_modules', '.bin'), await pnpmDirectory(), inherited.PATH];
  return {
    ...inherited,
    PATH: folders.join(delimiter),
    DO_NOT_TRACK: '1',
    NO_UPDATE_NOTIFIER: '1',
    npm_config_update_notifier: 'false',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
  };
}

/** The folder that holds pnpm. Asking npx takes a second, so the answer is kept while it holds. */
async function pnpmDirectory() {
  const wanted = readManifest('.').packageManager;
  const known = readKnown();
  if (known.packageManager === wanted && existsSync(join(known.directory, 'pnpm'))) {
    return known.directory;
  }
  const directory = await askNpx(wanted);
  mkdirSync(stampDirectory, { recursive: true });
  writeFileSync(knownFile, `${JSON.stringify({ packageManager: wanted, directory })}\n`);
  return directory;
}

const knownFile = join(stampDirectory, 'pnpm.json');

function readKnown() {
  try {
    return JSON.parse(readFileSync(knownFile, 'utf8'));
  } catch {
    return {};
  }
}

async function askNpx(packageManager) {
  const args = ['--yes', '--package', packageManager, '--call', 'command -v pnpm'];
  // Outside the workspace, lest npx takes a pnpm from node_modules of another version.
  const { stdout } = await promisify(execFile)('npx', args, { cwd: stampParent() });
  return dirname(stdout.trim());
}

function stampParent() {
  mkdirSync(stampDirectory, { recursive: true });
  return stampDirectory;
}
