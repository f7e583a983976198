import { createTinyBackbone } from '@ptl/core/testing';
import { expect, it } from 'vitest';
import { loadExperiment } from '../../experiments/load-experiment.ts';
import { makeRun } from '../../runner/make-run.ts';
import { films } from '../../testing/film-rows.ts';
import { manualPrompt, trainedWords } from './words.ts';

const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;

const labels = ['negative', 'positive'];
const rename = (rows: typeof films.train) =>
  rows.map(({ text, label }) => ({ text, label: label === 'good' ? 'positive' : 'negative' }));
const dataSet = {
  ...films,
  labels,
  train: rename(films.train),
  development: rename(films.development),
  test: rename(films.test),
};

it.each([
  // 2 positions x hidden 8, and no head.
  ['trained', trainedWords, 16, 4],
  ['manual', manualPrompt, 0, 0],
] as const)('reads %s labels off the vocabulary', async (_, make, trainable, steps) => {
  using backbone = createTinyBackbone();
  const context = { backbone, engine, signal: new AbortController().signal };
  const training = { epochs: 2, batchSize: 3, evaluateEveryEpochs: 1 };
  const overrides = { method: { promptLength: 2 }, training };
  const experiment = await loadExperiment('few-shot', 'prompt-tuning', { overrides });
  const run = { dataSet, method: 'prompt-tuning', seed: 1, experiment };
  const procedure = await make(run);
  const outcome = await makeRun({ ...run, procedure }, context, () => {});
  expect(outcome.parameters.trainable).toBe(trainable);
  expect(outcome.last?.step ?? 0).toBe(steps);
  expect((outcome.test.scores['accuracy'] ?? Number.NaN) * 3).toBeCloseTo(
    Math.round((outcome.test.scores['accuracy'] ?? Number.NaN) * 3),
    9,
  );
});
