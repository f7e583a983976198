#!/usr/bin/env node
// Makes the package of a method among ours, or elsewhere with --out.
import './setup/require-node.mjs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { userArguments } from './terminal/user-arguments.mjs';
import { root } from './workspace/root.mjs';

const directory = join(root, 'packages/create-method');

process.exitCode = run('tsup', ['--silent', '--no-dts'], directory) || (await create());

async function create() {
  const { runCli } = await import('../packages/create-method/dist/index.js');
  const folder = join(root, 'packages');
  return runCli(userArguments(), { folder, onCreated: arrange });
}

/** Imports are sorted and lines are broken by names, which differ from those of the template. */
function arrange({ folder, home }) {
  if (home === 'monorepo') run('biome', ['check', '--write', '--log-level=error', folder], root);
}

/** Runs a program that the workspace has installed; gives its exit code. */
function run(program, args, cwd) {
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', program), args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error?.code === 'ENOENT') process.stderr.write(`${program} is missing: run pnpm install.\n`);
  return status ?? 1;
}
