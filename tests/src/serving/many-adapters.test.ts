import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Backbone, createPredictor, type RowLogits, type Served } from '@ptl/core';
import { createTinyBackbone, toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { type SavedAdapter, saveAdapters } from './adapter-folders.ts';

expect.extend({ toBeAllClose });

const limit = 24;
const batchSize = 32;
/** What is wrong with the folders of these adapters. */
const broken: Readonly<Record<string, string>> = {
  'adapter-7': 'FILE_NOT_FOUND',
  'adapter-8': 'CHECKPOINT_INVALID',
};
const wrong = [
  { adapter: 'adapter-200', row: { text: 'it' } },
  { adapter: 'adapter-0', row: { tokens: ['it'] } },
  { adapter: 'adapter-12', row: 'it' },
];

let saved: SavedAdapter[] = [];
let requests: { adapter: string; row: object }[] = [];
let results: readonly Served<RowLogits>[] = [];
/** Bytes in use beside models and backbone: most in any pass, and in the end. */
let [most, last] = [0, 0];
let passes = 0;
let resident = 0;

beforeAll(async () => {
  await tf.setBackend('cpu');
  using root = makeTemporaryFolder();
  const tiny = createTinyBackbone();
  const forward: Backbone['forward'] = (batch, ...rest) => {
    passes++;
    most = Math.max(most, tf.memory().numBytes);
    return tiny.forward(batch, ...rest);
  };
  saved = await saveAdapters(tiny, root.path, 200);
  rmSync(join(root.path, 'adapter-7', 'adapter_model.safetensors'));
  writeFileSync(join(root.path, 'adapter-8', 'ptl.json'), '[]');
  requests = [0, 3].flatMap((turn) =>
    saved.map(({ name, row }, index) => ({ adapter: name, row: row(index + turn) })),
  );
  const before = tf.memory().numBytes;
  using predictor = createPredictor({
    backbone: { ...tiny, forward },
    adapters: Object.fromEntries(saved.map(({ name, folder }) => [name, folder])),
    batchSize,
    maxResidentAdapters: limit,
  });
  results = await predictor.logits([...requests, ...wrong]);
  [most, last] = [most - before, tf.memory().numBytes - before];
  resident = predictor.residentAdapters.length;
}, 120_000);

describe('two hundred adapters of four methods and five tasks', () => {
  it('give their rows what their models give them', async () => {
    for (const [place, { adapter, row }] of requests.entries()) {
      if (adapter in broken) continue;
      const [expected] = (await saved[place % saved.length]?.model.logits([row])) ?? [];
      const result = results[place];
      const values = result?.ok ? result.value.values : [];
      expect(values, adapter).toBeAllClose(expected?.values ?? [], { absolute: 1e-5 });
    }
  }, 60_000);

  it('are in memory up to the limit, and never more', () => {
    // The longest prefix, which needs no padding, with the largest head.
    const largest = 4 * Math.max(...saved.map(({ model }) => model.parameters.stored));
    expect(resident).toBe(limit);
    expect(last).toBeLessThanOrEqual(limit * largest);
    const mixed = batchSize * largest; // The prompts of a batch's rows, put together.
    expect(most).toBeLessThan(limit * largest + 2 * mixed);
    expect(most).toBeLessThan(saved.length * largest);
  });

  it('share passes', () => {
    expect(passes).toBeLessThan(requests.length / 12);
  });

  it('fail alone, where folder, name or row are wrong', () => {
    const codes = results.map((result) => (result.ok ? undefined : result.error.code));
    const expected = requests.map(({ adapter }) => broken[adapter]);
    expect(codes).toEqual([...expected, 'ADAPTER_UNKNOWN', 'ROW_INVALID', 'ROW_INVALID']);
  });
});
