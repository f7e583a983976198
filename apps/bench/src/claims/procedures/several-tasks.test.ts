import { createTinyBackbone } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { builtInDataSet } from '../../data/built-in-data-set.ts';
import type { DataSet } from '../../data/data-set.ts';
import { loadExperiment } from '../../experiments/load-experiment.ts';
import { makeRun } from '../../runner/make-run.ts';
import { severalTasks, trainedAlone } from './several-tasks.ts';

const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;

async function fewQuestions(): Promise<DataSet> {
  const all = await builtInDataSet('slots');
  if (all.kind !== 'token-classification') throw new Error('slots are tags');
  const { train, development, test } = all;
  return {
    ...all,
    train: train.slice(0, 8),
    development: development.slice(0, 3),
    test: test.slice(0, 3),
  };
}

it('trains together once and each task once from there, and each alone twice', async () => {
  using backbone = createTinyBackbone();
  const context = { backbone, engine, signal: new AbortController().signal };
  const overrides = { method: { promptLength: 2 }, training: { epochs: 1, batchSize: 4 } };
  const experiment = await loadExperiment('slots', 'p-tuning-v2', { overrides });
  const run = { dataSet: await fewQuestions(), method: 'p-tuning-v2', seed: 1, experiment };
  const procedure = await severalTasks(run);
  const before = tf.memory().numTensors;
  const left: number[] = [];
  const { test, primaryMetric, last } = await makeRun({ ...run, procedure }, context, (progress) =>
    left.push(progress.loss),
  );
  expect(tf.memory().numTensors).toBe(before);
  // A step for each task together, then one for each task three times.
  expect(left).toHaveLength(2 + 2 * 3);
  expect(last).toEqual({ step: 1, epoch: 1 });
  expect(Object.keys(test.scores)).toEqual([primaryMetric, trainedAlone]);
  // The second training of a task goes on: its loss is another than that of the first.
  const [, , shared, alone, again] = left;
  expect(new Set([shared, alone, again]).size).toBe(3);
}, 30_000);

it('takes tags only', async () => {
  const dataSet = await builtInDataSet('intents');
  const experiment = await loadExperiment('intents', 'p-tuning-v2');
  const run = { dataSet, method: 'p-tuning-v2', seed: 1, experiment };
  const procedure = await severalTasks(run);
  using backbone = createTinyBackbone();
  const context = { backbone, engine, signal: new AbortController().signal };
  await expect(makeRun({ ...run, procedure }, context, () => {})).rejects.toThrow(TypeError);
});
