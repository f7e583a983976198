#!/usr/bin/env node
// Type-checks every package with another version of the compiler: node scripts/typecheck-with.mjs 5.9.3
import './setup/require-node.mjs';
import { spawnSync } from 'node:child_process';
import { workspacePackages } from './workspace/packages.mjs';
import { root } from './workspace/root.mjs';

const version = process.argv[2];
if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) {
  process.stderr.write('Name a version of TypeScript, e.g. 5.9.3.\n');
  process.exit(2);
}

for (const { name, directory, manifest } of workspacePackages()) {
  if (!manifest.scripts?.typecheck) continue;
  process.stdout.write(`${name}\n`);
  const args = [
    '--yes',
    '--package',
    `typescript@${version}`,
    '--call',
    `tsc --noEmit -p ${directory}`,
  ];
  const { status } = spawnSync('npx', args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
