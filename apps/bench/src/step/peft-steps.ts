import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PtlError } from '@ptl/core';
import * as z from 'zod';
import { pythonFolder } from '../bench-folder.ts';
import type { StepShape } from './step-shape.ts';
import type { TimedSteps } from './timed-steps.ts';

const hello = z.object({
  peft: z.string(),
  torch: z.string(),
  transformers: z.string(),
  threads: z.number(),
  trainable: z.number(),
});

/** P-tuning v2 as PEFT trains it, in a Python process. */
export interface PeftSteps extends TimedSteps {
  /** Its versions in one line. */
  readonly description: string;
  readonly trainable: number;
}

/**
 * Starts a Python with PEFT in it.
 *
 * @throws {@link PtlError} `ENGINE_UNAVAILABLE` if it cannot be started, or lacks a library, with
 *   the last line it printed.
 */
export async function startPeft(python: string, shape: StepShape): Promise<PeftSteps> {
  const script = join(pythonFolder, 'peft_step.py');
  const child = spawn(python, [script, JSON.stringify(shape)], { stdio: 'pipe' });
  const ended = once(child, 'exit').catch((error: unknown) => error);
  let problems = '';
  child.stderr.on('data', (chunk: Buffer) => {
    problems += chunk.toString();
  });
  // A process that is gone is noticed by the end of its answers.
  child.stdin.on('error', () => {});
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();

  async function answer(): Promise<unknown> {
    const { value, done } = await answers.next();
    if (done !== true) return JSON.parse(value);
    const failure = await ended;
    const lines = failure instanceof Error ? [failure.message] : problems.trim().split('\n');
    const reason = lines.at(-1) ?? '';
    const message = `PEFT cannot be timed with "${python}": ${reason}.`;
    throw new PtlError('ENGINE_UNAVAILABLE', message, { engine: 'peft', reason });
  }

  async function run(command: string, count: number): Promise<readonly number[]> {
    child.stdin.write(`${command} ${count}\n`);
    return z.array(z.number()).parse(await answer());
  }

  const { peft, torch, transformers, threads, trainable } = hello.parse(await answer());
  return {
    description: `PEFT ${peft}, PyTorch ${torch}, Transformers ${transformers}, ${threads} threads`,
    trainable,
    train: (count) => run('train', count),
    infer: (count) => run('infer', count),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
