import { spawn } from 'node:child_process';

export interface ProgramResult {
  /** Exit code; `undefined` if the program is not there or was killed by a signal. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly output: string;
}

/** Runs a program to its end, keeping what it writes off the terminal. Never rejects. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => {
      resolve({ code: undefined, signal: undefined, output: error.message });
    });
    child.on('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString('utf8');
      resolve({ code: code ?? undefined, signal: signal ?? undefined, output });
    });
  });
}
