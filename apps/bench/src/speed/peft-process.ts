import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PtlError, resolveSource } from '@ptl/core';
import * as z from 'zod';
import { pythonFolder } from '../bench-folder.ts';
import { timedMethods } from './timed-methods.ts';
import type { TimedSteps } from './timed-steps.ts';
import type { BackboneSizes, Work } from './work.ts';

const hello = z.object({
  peft: z.string(),
  torch: z.string(),
  transformers: z.string(),
  threads: z.number(),
});

/** A Python process with PEFT in it, which does what `peft_speed.py` can do. */
export interface PeftProcess extends AsyncDisposable {
  /** Its versions in one line. */
  readonly description: string;
  /** Gets ready to do some work, in place of what it was ready for. */
  prepare(work: Work): Promise<TimedSteps & { readonly trainable: number }>;
  /** Asks for one of the script's functions that answers with a number. */
  ask(name: string, settings?: object): Promise<number>;
}

/**
 * Starts a Python with PEFT in it.
 *
 * @param source - The backbone, whose `tokenizer.json` it takes.
 * @throws {@link PtlError} `ENGINE_UNAVAILABLE` if it cannot be started, or lacks a library, with
 *   the last line it printed.
 */
export async function startPeft(
  python: string,
  sizes: BackboneSizes,
  source: string,
): Promise<PeftProcess> {
  const script = join(pythonFolder, 'peft_speed.py');
  const tokenizerFile = join(await resolveSource(source), 'tokenizer.json');
  const args = [script, JSON.stringify(sizes), tokenizerFile];
  const child = spawn(python, args, { stdio: 'pipe' });
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

  function request(name: string, settings: object): Promise<unknown> {
    child.stdin.write(`${JSON.stringify({ do: name, ...settings })}\n`);
    return answer();
  }

  async function run(name: string, count: number): Promise<readonly number[]> {
    return z.array(z.number()).parse(await request(name, { count }));
  }

  const { peft, torch, transformers, threads } = hello.parse(await answer());
  return {
    description: `PEFT ${peft}, PyTorch ${torch}, Transformers ${transformers}, ${threads} threads`,
    async prepare(work) {
      const method = timedMethods[work.method]?.peft ?? work.method;
      const trainable = z.number().parse(await request('prepare', { ...work, method }));
      return {
        trainable,
        train: (count) => run('train', count),
        infer: (count) => run('infer', count),
        [Symbol.asyncDispose]: async () => undefined, // The next one takes its place.
      };
    },
    ask: async (name, settings = {}) => z.number().parse(await request(name, settings)),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
