import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { endChildrenOnInterrupt } from '../terminal/run-child.mjs';
import { root } from '../workspace/root.mjs';
import { setUp } from './setup.mjs';

/** Sets up, then hands the terminal and the arguments to the program in `apps/NAME`. Resolves to its exit code. */
export async function runApp(name, args) {
  const stopWatching = endChildrenOnInterrupt();
  const { failed } = await setUp();
  if (failed) return 1;
  stopWatching();
  return handOver(join(root, 'apps', name, 'dist/cli.js'), args);
}

function handOver(program, args) {
  // In our own process group: the terminal's Ctrl-C reaches the program itself; the bench saves and tells how to go on.
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve(signal === 'SIGINT' ? 130 : (code ?? 1)));
  });
}
