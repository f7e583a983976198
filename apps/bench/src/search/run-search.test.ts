import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTinyBackbone } from '@ptl/core/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { builtInDataSet } from '../data/built-in-data-set.ts';
import type { TrainingRun } from '../runner/train-run.ts';
import { parseGridOption } from './parse-grid.ts';
import { type PlannedSearch, planSearches } from './plan-search.ts';
import { runSearch, type SearchOptions } from './run-search.ts';
import { TrialStore } from './trial-store.ts';

let folder: string;
let controller: AbortController;
let made: TrainingRun[];
let backbone: ReturnType<typeof createTinyBackbone>;
let search: PlannedSearch;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptl-search-'));
  controller = new AbortController();
  made = [];
  backbone = createTinyBackbone();
  const [planned] = await planSearches({
    dataSets: [await builtInDataSet('intents')],
    methods: ['p-tuning-v2'],
    seeds: [100, 101],
    grid: ['method.promptLength=1,2,3,4', 'training.learningRate=0.1', 'training.epochs=8'].map(
      parseGridOption,
    ),
    rungs: 2,
    eta: 2,
    settings: null,
    budget: 64,
    experimentOf: ({ name }) => name,
  });
  if (planned) search = planned;
});

afterEach(async () => {
  backbone[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const lengthOf = ({ experiment }: TrainingRun) =>
  (experiment.method as { readonly promptLength: number }).promptLength; // As parsed by the method.

/** 2 is best at half of the epochs, 3 at all of them; 4 is as good as 1, and has a smaller loss. */
function pretend(run: TrainingRun) {
  made.push(run);
  const length = lengthOf(run);
  const isShort = run.experiment.training.epochs < 8;
  const scores = isShort ? [0, 0.5, 0.9, 0.8, 0.5] : [0, 0.5, 0.8, 0.9, 0.5];
  return Promise.resolve({
    primaryMetric: 'accuracy',
    score: scores[length] ?? null,
    loss: 1 / length,
    bestEpoch: 1,
    milliseconds: 1,
  });
}

function options(rest: Partial<SearchOptions> = {}): SearchOptions {
  const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;
  return {
    context: { backbone, engine, signal: controller.signal },
    store: new TrialStore(folder),
    fresh: false,
    makeTrial: pretend,
    listener: { onProgress: () => {}, onTrial: () => {} },
    ...rest,
  };
}

const lengthsOf = (
  entries: readonly { readonly setting: PlannedSearch['candidates'][0]['setting'] }[],
) => entries.map(({ setting }) => setting.method['promptLength']);

it('trains all for a part of their epochs, the better half for all, and chooses by the last', async () => {
  const result = await runSearch(search, options());
  expect(result.results.map(({ entries }) => lengthsOf(entries))).toEqual([
    [2, 3, 4, 1],
    [3, 2],
  ]);
  expect(lengthsOf([result.chosen])).toEqual([3]);
  expect(result.metric).toBe('accuracy');
  // 4 settings x 4 epochs x 2 seeds, then 2 x 8 x 2: all of the budget.
  expect(result.spent).toBe(64);
  const spent = made.reduce((sum, { experiment }) => sum + experiment.training.epochs, 0);
  expect(spent).toBe(result.spent);
});

it('shows trainings no row of the test part, and each seed another development part', async () => {
  await runSearch(search, options());
  const test = new Set(search.dataSet.test.map((row) => JSON.stringify(row)));
  for (const { dataSet, seed } of made) {
    expect(dataSet.test).toEqual([]);
    expect([100, 101]).toContain(seed);
    const seen = [...dataSet.train, ...dataSet.development].map((row) => JSON.stringify(row));
    // A question may stand in both parts of the corpus; whole parts may not.
    expect(seen.filter((row) => test.has(row)).length).toBeLessThan(10);
  }
  expect(made[0]?.dataSet.development).not.toEqual(made[1]?.dataSet.development);
});

it('goes on where it was stopped, to the same result', async () => {
  const whole = await runSearch(search, options({ store: new TrialStore(join(folder, 'whole')) }));
  const all = made.length;
  made = [];
  const stopping: SearchOptions['makeTrial'] = (run) => {
    if (made.length === 2) controller.abort();
    return pretend(run);
  };
  const stopped = runSearch(search, options({ makeTrial: stopping }));
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
  expect(made).toHaveLength(3);
  expect(await readdir(join(folder, 'intents', 'p-tuning-v2--trials'))).toHaveLength(3);
  controller = new AbortController();
  const resumed = await runSearch(search, options());
  expect(resumed).toEqual(whole);
  expect(made).toHaveLength(all);
});

it('makes no training twice, unless it is told to', async () => {
  const heard: boolean[] = [];
  const listener = {
    onProgress: () => {},
    onTrial: (...[, , isNew]: [unknown, unknown, boolean]) => void heard.push(isNew),
  };
  await runSearch(search, options());
  const all = made.length;
  await runSearch(search, options({ listener }));
  expect(made).toHaveLength(all);
  expect(heard).toEqual(Array.from({ length: all }, () => false));
  await runSearch(search, options({ fresh: true }));
  expect(made).toHaveLength(2 * all);
});

it('trains again what was stored by another engine', async () => {
  await runSearch(search, options());
  const all = made.length;
  const { context } = options();
  const engine = { ...context.engine, version: '2' };
  await runSearch(search, options({ context: { ...context, engine } }));
  expect(made).toHaveLength(2 * all);
});
