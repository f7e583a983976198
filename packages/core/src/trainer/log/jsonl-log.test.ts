import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../../contract/errors.ts';
import { createToyTrainable, toyRows } from '../toy-trainable.ts';
import { train } from '../train.ts';
import type { TrainEvent } from '../train-event.ts';

const rows = toyRows(20);
const base = { train: rows, batchSize: 5, epochs: 3, progress: 'none' } as const;
let root = '';

beforeAll(async () => {
  await tf.setBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'ptl-log-'));
});
afterAll(() => rm(root, { recursive: true }));

async function stepsIn(file: string): Promise<number[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const events = lines.map((line): TrainEvent => JSON.parse(line));
  return events.filter(({ type }) => type === 'step').map(({ step }) => step);
}

const counted = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the JSON lines of a run', () => {
  it('hold each step once, also where the run was resumed and the last line was cut', async () => {
    const [folder, jsonl] = [join(root, 'run'), join(root, 'logs', 'run.jsonl')];
    const controller = new AbortController();
    const options = { ...base, checkpoint: { folder, resume: true }, log: { jsonl } };
    using toy = createToyTrainable();
    const onEvent = ({ step }: TrainEvent): void => {
      if (step === 6) controller.abort();
    };
    const stopped = train(toy, { ...options, onEvent, signal: controller.signal });
    await expect(stopped).rejects.toThrow(/ABORTED/);
    expect(await stepsIn(jsonl)).toEqual(counted(6));
    await writeFile(jsonl, `{"type":"step","step":7}\n{"type":"st`, { flag: 'a' });
    using again = createToyTrainable();
    await train(again, options);
    expect(await stepsIn(jsonl)).toEqual(counted(12));
  });

  it('replace those of an earlier run', async () => {
    const jsonl = join(root, 'twice.jsonl');
    using toy = createToyTrainable();
    await train(toy, { ...base, log: { jsonl } });
    await train(toy, { ...base, log: { jsonl } });
    expect(await stepsIn(jsonl)).toEqual(counted(12));
  });

  it('are refused in the folder of the checkpoint, which is replaced', async () => {
    const folder = join(root, 'both');
    using toy = createToyTrainable();
    const log = { jsonl: join(folder, 'log.jsonl') };
    const error: unknown = await train(toy, { ...base, checkpoint: { folder }, log }).catch(
      (reason: unknown) => reason,
    );
    expect(isPtlError(error, 'FILE_WRITE_FAILED')).toBe(true);
  });
});

describe('the writer for TensorBoard', () => {
  it('gets losses, rates and scores, and is closed also after an error', async () => {
    const names = new Set<string>();
    let closed = 0;
    const tensorBoard = {
      scalar: (name: string, value: number, step: number) => {
        if (Number.isFinite(value) && step > 0) names.add(name);
      },
      close: () => {
        closed++;
      },
    };
    using toy = createToyTrainable();
    await train(toy, { ...base, validation: rows, log: { tensorBoard } });
    expect([...names].sort()).toEqual([
      'train/gradient-norm',
      'train/learning-rate',
      'train/loss',
      'validation/closeness',
      'validation/loss',
    ]);
    const signal = AbortSignal.abort();
    await train(toy, { ...base, signal, log: { tensorBoard } }).catch(() => {});
    expect(closed).toBe(2);
  });
});
