import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTinyBackbone } from '@ptl/core/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { builtInDataSet } from '../data/built-in-data-set.ts';
import { RecordStore } from '../records/record-store.ts';
import type { PlannedRun } from './plan.ts';
import { type MakeRun, type RunAllOptions, runAll } from './run-all.ts';
import { runMajority } from './run-majority.ts';
import { runShare } from './run-share.ts';

let folder: string;
let controller: AbortController;
let made: string[];
let heard: string[];
let backbone: ReturnType<typeof createTinyBackbone>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptl-bench-'));
  controller = new AbortController();
  [made, heard] = [[], []];
  backbone = createTinyBackbone();
});

afterEach(async () => {
  backbone[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const makeRun: MakeRun = (run) => {
  made.push(`${run.method} ${run.seed}`);
  return Promise.resolve(runMajority(run));
};

async function planned(...seeds: number[]): Promise<PlannedRun[]> {
  const dataSet = await builtInDataSet('intents');
  return seeds.map((seed) => ({ dataSet, method: 'majority', seed, experiment: null }));
}

function options(rest: Partial<RunAllOptions> = {}): RunAllOptions {
  const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;
  return {
    context: { backbone, engine, signal: controller.signal },
    store: new RecordStore(folder),
    fresh: false,
    makeRun,
    listener: {
      onProgress: () => {},
      onRecord: (_run, place, _record, isNew) => void heard.push(`${place} ${isNew}`),
    },
    ...rest,
  };
}

it('makes only the runs that are not stored, and returns the records of all', async () => {
  const first = await runAll(await planned(0), options());
  const both = await runAll(await planned(0, 1), options());
  expect(made).toEqual(['majority 0', 'majority 1']);
  expect(heard).toEqual(['1 true', '1 false', '2 true']);
  expect(both[0]).toEqual(first[0]);
  expect(both.map(({ identity }) => identity.seed)).toEqual([0, 1]);
});

it('makes a stored run again when asked to, or when the engine is another one', async () => {
  await runAll(await planned(0), options());
  await runAll(await planned(0), options({ fresh: true }));
  const { context } = options();
  const engine = { ...context.engine, version: '2' };
  await runAll(await planned(0), options({ context: { ...context, engine } }));
  expect(made).toHaveLength(3);
});

it('keeps what was made when it is stopped, and goes on from there', async () => {
  const stopping: MakeRun = (run, context, onProgress) => {
    if (run.seed === 1) controller.abort();
    return makeRun(run, context, onProgress);
  };
  const runs = await planned(0, 1, 2);
  await expect(runAll(runs, options({ makeRun: stopping }))).rejects.toMatchObject({
    code: 'ABORTED',
  });
  expect(await readdir(join(folder, 'intents'))).toEqual(['majority--0.json', 'majority--1.json']);
  controller = new AbortController();
  await runAll(runs, options());
  expect(made).toEqual(['majority 0', 'majority 1', 'majority 2']);
});

it('leaves the runs to others that these have taken, and returns what it made or found', async () => {
  const shared = join(folder, 'shared');
  await mkdir(shared);
  const [first, second] = [runShare(shared), runShare(shared)];
  await runAll(await planned(3), options());
  const [one, other] = await Promise.all([
    runAll(await planned(0, 1, 2, 3), options({ share: first })),
    runAll(await planned(0, 1, 2, 3), options({ share: second })),
  ]);
  const seedsOf = (records: typeof one) => records.map(({ identity }) => identity.seed);
  expect(made.toSorted()).toEqual(['majority 0', 'majority 1', 'majority 2', 'majority 3']);
  expect([...seedsOf(one), ...seedsOf(other)].toSorted()).toEqual([0, 1, 2, 3, 3]);
});

it('says so where the processes have no folder to agree by', async () => {
  await expect(runShare(join(folder, 'nowhere')).take('a run')).rejects.toThrow('ENOENT');
});
