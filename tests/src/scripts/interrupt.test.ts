import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { makeTemporaryFolder } from '../temporary-folder.ts';

const runChildModule = fileURLToPath(
  new URL('../../../scripts/terminal/run-child.mjs', import.meta.url),
);

it('an interrupt ends what a child has started, too, and exits with 130', async () => {
  using folder = makeTemporaryFolder();
  const ended = join(folder.path, 'ended');
  const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript(ended)]);
  await once(parent.stdout, 'data');

  parent.kill('SIGINT');
  const [code] = await once(parent, 'exit');
  expect(code).toBe(130);
  // The process id would not do: nobody may be there to reap an orphan.
  await expect.poll(() => existsSync(ended)).toBe(true);
});

/** Runs a shell that starts another in the background, which leaves a file when it is asked to end. */
function parentScript(ended: string): string {
  const grandchild = `trap ': > "${ended}"; exit' TERM; echo ready; while :; do sleep 0.05; done`;
  return `
    const { endChildrenOnInterrupt, runChild } = await import(${JSON.stringify(runChildModule)});
    endChildrenOnInterrupt();
    const onLine = (line) => process.stdout.write(line);
    await runChild('sh', ['-c', ${JSON.stringify(`(${grandchild}) & wait`)}], { onLine });
  `;
}
