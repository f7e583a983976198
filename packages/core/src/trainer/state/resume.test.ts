import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../../contract/errors.ts';
import type { TrainOptions } from '../options/train-options.ts';
import { createToyTrainable, type ToyRow, toyRows } from '../toy-trainable.ts';
import { train } from '../train.ts';

const rows = toyRows(20);
const base = {
  train: rows,
  validation: rows.slice(0, 5),
  batchSize: 5,
  epochs: 3,
  seed: 4,
  progress: 'none',
} as const;
const steps = 12;
let root = '';

beforeAll(async () => {
  await tf.setBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'ptl-resume-'));
});
afterAll(() => rm(root, { recursive: true }));

type Options = Partial<TrainOptions<ToyRow>>;

async function run(folder: string, options: Options = {}) {
  using toy = createToyTrainable();
  const checkpoint = { folder, resume: true };
  return await train(toy, { ...base, checkpoint, ...options });
}

/** What a run left, without the times, which differ. */
async function left(folder: string): Promise<unknown> {
  const { state, ...rest } = JSON.parse(
    await readFile(join(folder, 'training/state.json'), 'utf8'),
  );
  const { milliseconds: _, millisecondsPerStep: __, ...kept } = state;
  const names = ['training/state.safetensors', 'ptl.json', 'weight.bin'];
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'hex')));
  return { state: kept, ...rest, files };
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a run that is resumed', () => {
  it('ends with the same bits, whichever step it was stopped at', async () => {
    await run(join(root, 'whole'));
    const whole = await left(join(root, 'whole'));
    for (let last = 0; last < steps; last++) {
      const folder = join(root, `stopped-${last}`);
      const controller = new AbortController();
      if (last === 0) controller.abort();
      const stopped = run(folder, {
        signal: controller.signal,
        onEvent: ({ type, step }) => {
          if (type === 'step' && step === last) controller.abort();
        },
      });
      expect(isPtlError(await failureOf(stopped), 'ABORTED')).toBe(true);
      await run(folder);
      expect(await left(folder)).toEqual(whole);
    }
  }, 30_000);

  it('gives its report again, and changes nothing, once it has ended', async () => {
    const folder = join(root, 'again');
    const report = await run(folder);
    const before = await left(folder);
    using toy = createToyTrainable();
    const again = await train(toy, { ...base, checkpoint: { folder, resume: true } });
    expect(again).toEqual({ ...report, milliseconds: again.milliseconds });
    expect(await left(folder)).toEqual(before);
    const weight = toy.trainableVariables.get('weight')?.dataSync();
    const stored = await readFile(join(folder, 'weight.bin'));
    expect(Buffer.from(Float32Array.from(weight ?? []).buffer)).toEqual(stored);
  });

  it('keeps its checkpoint when a loss is NaN', async () => {
    const folder = join(root, 'nan');
    const checkpoint = { folder, every: { steps: 1 } };
    await failureOf(run(folder, { learningRate: 1e38, clipNorm: null, epochs: 50, checkpoint }));
    const state = JSON.parse(await readFile(join(folder, 'training/state.json'), 'utf8'));
    expect(state.state.isFinished).toBe(false);
    expect(state.state.step).toBeGreaterThan(0);
  });

  it.each([
    [{ batchSize: 4 }, 'batchSize was 5 and is 4'],
    [{ epochs: 4 }, 'totalSteps was 12 and is 16'],
    [{ weightDecay: 0.1 }, 'optimizer.weightDecay was 0 and is 0.1'],
    [{ cache: 'off' }, 'cache was '],
    [{ cache: { maxBytes: 5, folder: 'a' } }, 'cache.isStored was false and is true'],
    [{ groupByLength: false }, 'groupByLength was true and is false'],
    [{ train: toyRows(19) }, 'training rows are others'],
    [{ validation: rows }, 'validation rows are others'],
  ] satisfies [Options, string][])(
    'is refused with other options or rows: %#',
    async (options, expected) => {
      const folder = join(root, 'differing');
      await run(folder);
      const error = await failureOf(run(folder, options));
      expect(isPtlError(error, 'CHECKPOINT_INVALID')).toBe(true);
      expect(String(error)).toContain(expected);
    },
  );

  it('is refused with another model, saying what differs', async () => {
    const folder = join(root, 'other-model');
    await run(folder);
    using toy = createToyTrainable({ noise: 0.2 });
    const error = await failureOf(train(toy, { ...base, checkpoint: { folder, resume: true } }));
    expect(String(error)).toContain('model.noise was 0.1 and is 0.2');
  });

  it('does not take a model that was only saved for a run', async () => {
    const folder = join(root, 'only-saved');
    await run(folder);
    await rm(join(folder, 'training'), { recursive: true });
    const error = await failureOf(run(folder));
    expect(isPtlError(error, 'CHECKPOINT_INVALID')).toBe(true);
    expect(await readFile(join(folder, 'weight.bin'))).toHaveLength(8);
  });
});

describe('a damaged state', () => {
  it.each([
    ['state.json', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), 'not JSON'],
    ['state.json', () => Buffer.from('{"formatVersion":2}'), 'formatVersion'],
    ['state.safetensors', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3), 'damaged'],
    ['state.safetensors', (bytes: Buffer) => bytes.fill(1, bytes.length - 2), 'damaged'],
    ['state.safetensors', () => null, 'state.safetensors'],
  ] as const)('of %s is refused', async (name, damage, expected) => {
    const folder = join(root, 'damaged');
    await rm(folder, { recursive: true, force: true });
    await run(folder);
    const file = join(folder, 'training', name);
    const damaged = damage(await readFile(file));
    await (damaged ? writeFile(file, damaged) : rm(file));
    const error = await failureOf(run(folder));
    expect(isPtlError(error, 'CHECKPOINT_INVALID')).toBe(true);
    expect(String(error)).toContain(expected);
  });
});

const program = `
import * as tf from '@tensorflow/tfjs';
import { createToyTrainable, toyRows } from './toy-trainable.ts';
import { train } from './train.ts';
const [folder, last] = process.argv.slice(2);
await tf.setBackend('cpu');
const rows = toyRows(20);
await train(createToyTrainable(), {
  train: rows, validation: rows.slice(0, 5), batchSize: 5, epochs: 3, seed: 4, progress: 'none',
  checkpoint: { folder, every: { steps: 1 }, resume: true },
  onEvent: ({ type, step }) => {
    if (type !== 'step' || step !== Number(last)) return;
    // At an uncertain moment: in the step, its evaluation or its checkpoint.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(process.argv[4]));
  },
});
`;

describe('a process that is killed', () => {
  it('is resumed to the same bits', async () => {
    const script = join(root, 'train.mjs');
    await build({
      stdin: {
        contents: program,
        loader: 'ts',
        resolveDir: fileURLToPath(new URL('..', import.meta.url)),
      },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      // Bundled CommonJS asks for Node's modules by require.
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
      logLevel: 'silent',
    });
    const start = (folder: string, last: number, delay: number) =>
      new Promise<string | null>((resolve) => {
        const child = spawn(process.execPath, [script, folder, `${last}`, `${delay}`], {
          stdio: 'ignore',
        });
        child.on('exit', (code, signal) => resolve(signal ?? String(code)));
      });
    const whole = join(root, 'killed-never');
    await run(whole);
    const outcomes = await Promise.all(
      [1, 4, 7, 12].map(async (last, index) => {
        const folder = join(root, `killed-${last}`);
        const signal = await start(folder, last, index);
        if (index === 1) await start(folder, 6, 2);
        await run(folder);
        return { signal, left: await left(folder) };
      }),
    );
    const expected = await left(whole);
    for (const outcome of outcomes) expect(outcome.left).toEqual(expected);
    const killed = outcomes.filter(({ signal }) => signal === 'SIGKILL');
    expect(killed.length).toBeGreaterThanOrEqual(3);
  }, 60_000);
});
