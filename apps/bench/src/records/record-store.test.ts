import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeRecord } from '../testing/run-record.ts';
import { fingerprint } from './fingerprint.ts';
import { RecordStore } from './record-store.ts';
import type { RunRecord } from './run-record.ts';

let store: RecordStore;

beforeEach(async () => {
  store = new RecordStore(await mkdtemp(join(tmpdir(), 'ptl-records-')));
});

afterEach(() => rm(store.folder, { recursive: true }));

function stamped(record: RunRecord): RunRecord {
  return { ...record, fingerprint: fingerprint(record.identity) };
}

const record = stamped(makeRecord({ method: 'p-tuning-v2', seed: 3, score: 0.9, curve: [0.5] }));

it('finds what it saved, in a file named for task, method and seed', async () => {
  await store.save(record);
  expect(await store.find(record.identity)).toEqual(record);
  expect(await readdir(join(store.folder, 'intents'))).toEqual(['p-tuning-v2--3.json']);
});

it('keeps runs of one method and seed with different settings beside each other', async () => {
  const byAll = new RecordStore(store.folder, 'by-fingerprint');
  const { identity } = record;
  const procedure = { name: 'forgetting', settings: { task: 'slots' } };
  const other = stamped({ ...record, identity: { ...identity, procedure } });
  await byAll.save(record);
  await byAll.save(other);
  expect(await readdir(join(store.folder, 'intents'))).toHaveLength(2);
  expect(await byAll.find(identity)).toEqual(record);
  expect(await byAll.find(other.identity)).toEqual(other);
});

it('does not take a run with another config, data or version for the same', async () => {
  await store.save(record);
  const { identity } = record;
  const others = [
    { ...identity, config: { ...identity.config, method: { promptLength: 21 } } },
    { ...identity, dataHash: 'c'.repeat(64) },
    { ...identity, versions: { ...identity.versions, engine: 'wasm 4.22.0' } },
  ];
  for (const other of others) expect(await store.find(other)).toBeNull();
});

it('knows a run again whatever the order of its settings', async () => {
  await store.save(record);
  const reordered = Object.fromEntries(Object.entries(record.identity).reverse());
  expect(await store.find(reordered as typeof record.identity)).toEqual(record);
});

it('takes a broken file for no file', async () => {
  await store.save(record);
  const file = store.fileOf(record.identity);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, 300));
  expect(await store.find(record.identity)).toBeNull();
  await writeFile(file, text.replace('"version": 1', '"version": 2'));
  expect(await store.find(record.identity)).toBeNull();
});

it('keeps the record of a task with an odd name inside its folder', () => {
  for (const task of ['..', '../../etc', '.hidden', 'a/b']) {
    const [folder, ...rest] = store
      .fileOf({ ...record.identity, task })
      .slice(store.folder.length + 1)
      .split('/');
    expect(folder).not.toMatch(/^\./);
    expect(rest).toEqual(['p-tuning-v2--3.json']);
  }
});

it('says which file cannot be written', async () => {
  await writeFile(join(store.folder, 'intents'), 'a file where a folder is needed');
  await expect(store.save(record)).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
});
