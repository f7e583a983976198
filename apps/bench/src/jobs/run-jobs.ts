import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PtlError } from '@ptl/core';
import { howToGoOn } from '../cli/how-to-go-on.ts';
import { shareVariable } from './job-share.ts';

export interface JobsOptions {
  /** Processes at once. */
  readonly jobs: number;
  /** Threads for all of them together. */
  readonly threads: number;
  /** The program and its arguments, for Node; the call at hand if absent. */
  readonly call?: readonly string[];
  readonly signal: AbortSignal;
  /** Whether the call makes runs again that are stored. */
  readonly fresh: boolean;
  /** Hears what the processes tell, line by line. */
  readonly onLine: (line: string) => void;
}

/**
 * Makes the call at hand in several processes, each of which makes its share of the runs and stores
 * them. What a process that fails leaves undone is left to the caller, which then meets the same
 * failure.
 *
 * @throws {@link PtlError} `ABORTED` when the signal says so, after each process has ended its step.
 */
export async function runJobs(options: JobsOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ptl-bench-share-'));
  try {
    await Promise.all(Array.from({ length: options.jobs }, () => runJob(folder, options)));
  } finally {
    await rm(folder, { recursive: true });
  }
  if (!options.signal.aborted) return;
  options.onLine(`Stopped; what is finished is stored. ${howToGoOn(options.fresh)}`);
  throw new PtlError('ABORTED', 'The bench was stopped.', { step: 0 });
}

async function runJob(
  folder: string,
  { jobs, threads, call = process.argv.slice(1), signal, onLine }: JobsOptions,
): Promise<void> {
  const env = {
    ...process.env,
    [shareVariable]: folder,
    TF_NUM_INTRAOP_THREADS: String(Math.max(1, Math.floor(threads / jobs))),
  };
  // Not in the terminal's group: Ctrl-C is passed on once, to all.
  const child = spawn(process.execPath, [...process.execArgv, ...call], {
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const stop = () => void child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  try {
    await tellLines(child, onLine);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function tellLines(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  const ended = once(child, 'close');
  if (child.stderr) createInterface({ input: child.stderr }).on('line', onLine);
  await ended;
}
