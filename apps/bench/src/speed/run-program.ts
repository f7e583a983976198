import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program to its end.
 *
 * @returns What it printed, and the seconds from its start to its first output.
 * @throws Error with the last line of its messages, if it fails.
 */
export async function runProgram(program: string, args: readonly string[]) {
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let [output, problems, seconds] = ['', '', 0];
  child.stdout.on('data', (chunk: Buffer) => {
    if (output === '') seconds = (performance.now() - start) / 1000;
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    problems += chunk.toString();
  });
  const [code] = (await closed) as [number | null];
  if (code === 0) return { output: output.trim(), seconds };
  throw new Error(`${program} failed: ${problems.trim().split('\n').at(-1) ?? ''}`);
}
