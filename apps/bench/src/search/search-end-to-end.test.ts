import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTinyBackbone } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextDataSet } from '../data/data-set.ts';
import { loadExperiment } from '../experiments/load-experiment.ts';
import { saveExperiment } from '../experiments/save-experiment.ts';
import type { BenchContext } from '../runner/bench-context.ts';
import { makeFinalRuns } from './final-runs.ts';
import { makeTrial } from './make-trial.ts';
import { parseGridOption } from './parse-grid.ts';
import { planSearches } from './plan-search.ts';
import { runSearch, type SearchResult } from './run-search.ts';
import { searchTable } from './search-table.ts';
import { TrialStore } from './trial-store.ts';
import { chosenDepartures, chosenExperiment, writeSearch } from './write-search.ts';

const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;
let context: BenchContext;
let folder: string;

beforeAll(async () => {
  context = { backbone: createTinyBackbone(), engine, signal: new AbortController().signal };
  folder = await mkdtemp(join(tmpdir(), 'ptl-search-'));
});

afterAll(async () => {
  context.backbone[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const words = ['film', 'place', 'time', 'good', 'long', 'bad'];
const rows = words.flatMap((word) => [
  { text: `a bad ${word}`, label: 'bad' },
  { text: `the good ${word}`, label: 'good' },
]);
const dataSet: TextDataSet = {
  name: 'films',
  kind: 'sequence-classification',
  labels: ['bad', 'good'],
  train: rows.slice(0, 8),
  development: rows.slice(8),
  test: rows.slice(0, 3),
  notes: [],
};
const listener = { onProgress: () => {}, onTrial: () => {} };

async function searchFor(method: string, ...grid: string[]) {
  const [planned] = await planSearches({
    dataSets: [dataSet],
    methods: [method],
    seeds: [100, 101],
    grid: grid.map(parseGridOption),
    rungs: 2,
    eta: 2,
    settings: null,
    budget: null,
    experimentOf: ({ kind }) => kind,
  });
  if (!planned) throw new Error('Nothing is planned.');
  const store = new TrialStore(folder);
  return await runSearch(planned, { context, store, fresh: true, makeTrial, listener });
}

describe('a search on a tiny backbone', () => {
  let found: SearchResult;
  let tensors: number;

  beforeAll(async () => {
    tensors = tf.memory().numTensors;
    found = await searchFor(
      'p-tuning-v2',
      'training.learningRate=1e-7,0.1',
      'method.promptLength=2',
      'training.epochs=8',
      'training.warmupShare=0',
    );
  });

  it('finds the settings that learn, and leaves no tensor behind', () => {
    expect(found.chosen.setting).toEqual({
      method: { promptLength: 2 },
      training: { learningRate: 0.1, epochs: 8, warmupShare: 0 },
    });
    const [best, worst] = found.results[0]?.entries ?? [];
    expect(best?.loss).toBeLessThan((worst?.loss ?? 0) - 0.03);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('tells what it found', () => {
    const table = searchTable(found);
    expect(table).toMatch(
      /rung 2 .*\n─+\npromptLength 2, learningRate 0.1, epochs 8, .* 8 epochs /,
    );
    expect(table).toContain('Chosen: promptLength 2, learningRate 0.1');
    expect(table).toContain('learningRate 0.1 is the largest that was tried');
  });

  it('writes all that was tried, and a chart', async () => {
    const chart = await readFile(await writeSearch(found, folder), 'utf8');
    expect(chart).toMatch(/^<svg/);
    expect(chart).toContain('learning rate');
    const file = join(folder, 'films', 'p-tuning-v2.search.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      task: 'films',
      metric: 'accuracy',
      rungs: [
        { share: 0.5, entries: [{ epochs: 4 }, { epochs: 4 }] },
        { entries: [{ epochs: 8 }] },
      ],
      chosen: { setting: found.chosen.setting, experiment: { training: { epochs: 8 } } },
    });
  });

  it('trains what was chosen on the parts of the data set, and tests that alone', async () => {
    const records = await makeFinalRuns([found], {
      context,
      folder,
      fresh: false,
      seeds: [0, 1],
      listenerFor: () => ({ onProgress: () => {}, onRecord: () => {} }),
    });
    expect(records.map(({ identity }) => identity.seed)).toEqual([0, 1]);
    expect(records[0]?.data.rows).toEqual({ train: 8, development: 4, test: 3 });
    expect(records[0]?.identity.config.training).toMatchObject({ learningRate: 0.1, epochs: 8 });
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('is saved as an experiment that gives the same training', async () => {
    const training = { epochs: 3, batchSize: 16, learningRate: 0.5, warmupShare: 0.5 };
    await mkdir(join(folder, 'experiments', 'films'), { recursive: true });
    const root = join(folder, 'experiments');
    await writeFile(join(root, 'films', 'defaults.json'), JSON.stringify({ training }));
    await writeFile(join(root, 'films', 'p-tuning-v2.json'), '{ "method": { "dropout": 0.3 } }');
    await saveExperiment('films', 'p-tuning-v2', chosenDepartures(found), root);
    const loaded = await loadExperiment('films', 'p-tuning-v2', { root });
    expect(loaded.training).toEqual(chosenExperiment(found).training);
    expect(loaded.method).toMatchObject({ promptLength: 2, dropout: 0.3 });
  });
});

it('passes over a setting whose loss is no number any more', async () => {
  const result = await searchFor(
    'full-fine-tuning',
    'training.learningRate=1e30,1e-3',
    'training.epochs=4',
    'training.warmupShare=0',
  );
  expect(result.chosen.setting.training['learningRate']).toBe(1e-3);
  expect(result.results[0]?.entries[1]).toMatchObject({ score: 0, loss: Number.POSITIVE_INFINITY });
  expect(searchTable(result)).toContain('diverged');
});
