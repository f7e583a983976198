import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trainedMethods } from '../bench-methods.ts';
import { loadExperiment } from './load-experiment.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ptl-experiments-'));
  await mkdir(join(root, 'slots'));
});

afterEach(() => rm(root, { recursive: true }));

async function write(name: string, content: unknown): Promise<void> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await writeFile(join(root, 'slots', `${name}.json`), text);
}

const training = { epochs: 10, batchSize: 16, learningRate: 0.01 };

it('takes the defaults, and what a method departs from them', async () => {
  await write('defaults', { training });
  await write('prefix', { method: { prefixLength: 5 }, training: { epochs: 3 } });
  const { method, training: merged } = await loadExperiment('slots', 'prefix', { root });
  expect(method).toMatchObject({ prefixLength: 5, initialization: 'random' });
  expect(merged).toMatchObject({ ...training, epochs: 3 });
});

it('takes what is tried in place of what the files say', async () => {
  await write('defaults', { training });
  await write('prefix', { method: { prefixLength: 5, dropout: 0.2 }, training: { epochs: 3 } });
  const overrides = { method: { prefixLength: 7 }, training: { learningRate: 0.5 } };
  const experiment = await loadExperiment('slots', 'prefix', { root, overrides });
  expect(experiment.method).toMatchObject({ prefixLength: 7, dropout: 0.2 });
  expect(experiment.training).toMatchObject({ epochs: 3, batchSize: 16, learningRate: 0.5 });
});

it('needs no file for a method that departs in nothing', async () => {
  await write('defaults', { training });
  const { method } = await loadExperiment('slots', 'head-only', { root });
  expect(method).toEqual({ frozenDropout: false });
});

it('lists every problem of the training, with the file', async () => {
  await write('defaults', { training: { ...training, epochs: 0 } });
  await write('prefix', { training: { batchSize: 'many', learningrate: 1 } });
  await expect(loadExperiment('slots', 'prefix', { root })).rejects.toThrow(
    /experiments\/slots\/prefix\.json.*\n.*epochs.*\n.*batchSize.*\n.*learningrate/s,
  );
});

it('lists every problem of the config of the method', async () => {
  await write('defaults', { training });
  await write('prefix', { method: { prefixLength: -1, dropout: 2 } });
  await expect(loadExperiment('slots', 'prefix', { root })).rejects.toThrow(
    /prefixLength.*\n.*dropout/s,
  );
});

it('says which file is not JSON, or not there', async () => {
  await expect(loadExperiment('slots', 'prefix', { root })).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  await write('defaults', '{');
  await expect(loadExperiment('slots', 'prefix', { root })).rejects.toMatchObject({
    code: 'FILE_INVALID',
  });
});

const folders = [
  'intents',
  'sentiment',
  'sentiment-small',
  'few-shot',
  'slots',
  'slots-short',
  'sequence-classification',
  'token-classification',
];

describe.each(folders)('the settings for %s', (folder) => {
  it.each(trainedMethods.names)('are valid for %s', async (method) => {
    await expect(loadExperiment(folder, method)).resolves.toBeDefined();
  });
});
