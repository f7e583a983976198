import { createTinyBackbone } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TextDataSet } from '../../data/data-set.ts';
import { loadExperiment } from '../../experiments/load-experiment.ts';
import type { BenchContext } from '../../runner/bench-context.ts';
import { makeRun } from '../../runner/make-run.ts';
import type { PlannedRun, Procedure } from '../../runner/plan.ts';
import { films } from '../../testing/film-rows.ts';
import type { ClaimData } from '../data/claim-data.ts';
import { forgetting } from './forgetting.ts';
import { shift } from './shift.ts';

const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;
let context: BenchContext;

beforeAll(() => {
  context = { backbone: createTinyBackbone(), engine, signal: new AbortController().signal };
});

afterAll(() => context.backbone[Symbol.dispose]());

/** The same sentences with the labels the other way round: another task for the same weights. */
const turned: ClaimData = {
  name: 'turned',
  experimentsFor: () => 'few-shot',
  load: () =>
    Promise.resolve({
      ...films,
      name: 'turned',
      train: films.train.map(({ text, label }) => ({
        text,
        label: label === 'good' ? 'bad' : 'good',
      })),
    }),
};

async function planned(method: string, dataSet: TextDataSet = films): Promise<PlannedRun> {
  const overrides = { method: {}, training: { epochs: 2, evaluateEveryEpochs: 1 } };
  const experiment = await loadExperiment('few-shot', method, { overrides });
  return { dataSet, method, seed: 1, experiment };
}

async function outcomeWith(
  run: PlannedRun,
  procedure: (run: PlannedRun, size: 'quick') => Promise<Procedure>,
) {
  return await makeRun({ ...run, procedure: await procedure(run, 'quick') }, context, () => {});
}

it('finds nothing forgotten where the backbone is frozen, to the bit', async () => {
  const run = await planned('p-tuning-v2');
  const alone = await makeRun(run, context, () => {});
  const { test, primaryMetric } = await outcomeWith(run, forgetting(turned));
  expect(test.loss).toBe(alone.test.loss);
  expect(test.scores).toMatchObject({ change: 0, first: alone.test.scores['accuracy'] });
  expect(primaryMetric).toBe('change');
});

it('goes on from the weights that full fine-tuning left, and back to the first task', async () => {
  const run = await planned('full-fine-tuning');
  const alone = await makeRun(run, context, () => {});
  const { test } = await outcomeWith(run, forgetting(turned));
  expect(test.loss).not.toBe(alone.test.loss);
  expect(test.scores['first']).toBe(alone.test.scores['accuracy']);
  const { change, first, second } = test.scores;
  expect(change).toBe((second ?? 0) - (first ?? 0));
});

it('scores the domain trained on and the other apart', async () => {
  const right = [
    { text: 'a good time', label: 'good' },
    { text: 'good place', label: 'good' },
  ];
  // No prediction can be right for all of these and their opposites.
  const wrong = right.map(({ text }) => ({ text: `${text} phone`, label: 'bad' }));
  const run = await planned('prompt-tuning', { ...films, test: [...right, ...wrong] });
  const { test } = await outcomeWith(run, shift);
  const { first, second, change } = test.scores;
  const plain = await makeRun({ ...run, dataSet: { ...films, test: right } }, context, () => {});
  expect(first).toBe(plain.test.scores['accuracy']);
  expect(change).toBe((second ?? 0) - (first ?? 0));
});

it('leaves no tensor behind', async () => {
  const run = await planned('full-fine-tuning');
  const before = tf.memory().numTensors;
  await outcomeWith(run, forgetting(turned));
  await outcomeWith(run, shift);
  expect(tf.memory().numTensors).toBe(before);
});
