import { createTinyBackbone } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { loadExperiment } from '../../experiments/load-experiment.ts';
import { makeRun } from '../../runner/make-run.ts';
import type { PlannedRun } from '../../runner/plan.ts';
import { films } from '../../testing/film-rows.ts';
import { ensemble, meanOfMembers } from './ensemble.ts';

const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;

async function planned(): Promise<PlannedRun> {
  const overrides = { method: { promptLength: 2 }, training: { epochs: 2, learningRate: 0.1 } };
  const experiment = await loadExperiment('few-shot', 'prompt-tuning', { overrides });
  return { dataSet: films, method: 'prompt-tuning', seed: 1, experiment };
}

it('votes with members of different seeds, scores their mean, and leaves no tensor behind', async () => {
  using backbone = createTinyBackbone();
  const context = { backbone, engine, signal: new AbortController().signal };
  const run = await planned();
  const procedure = await ensemble(3)(run);
  const before = tf.memory().numTensors;
  const epochs: number[] = [];
  const { test, primaryMetric } = await makeRun({ ...run, procedure }, context, ({ epoch }) => {
    epochs.push(epoch);
  });
  expect(tf.memory().numTensors).toBe(before);
  expect(primaryMetric).toBe('accuracy');
  // One batch of six rows an epoch and member.
  expect(epochs).toEqual([1, 2, 1, 2, 1, 2]);
  const share = (test.scores[meanOfMembers] ?? Number.NaN) * films.test.length * 3;
  expect(share).toBeCloseTo(Math.round(share), 9);
});
