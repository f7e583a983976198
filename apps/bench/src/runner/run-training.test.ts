import { createTinyBackbone } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runRecordSchema } from '../records/run-record.ts';
import { films } from '../testing/film-rows.ts';
import type { BenchContext, RunProgress } from './bench-context.ts';
import { makeRun } from './make-run.ts';
import type { PlannedRun } from './plan.ts';

const engine = { engine: 'wasm', version: '1', device: 'cpu', threads: 1, message: '' } as const;
let context: BenchContext;

beforeAll(() => {
  context = { backbone: createTinyBackbone(), engine, signal: new AbortController().signal };
});

afterAll(() => context.backbone[Symbol.dispose]());

const training = {
  epochs: 4,
  batchSize: 3,
  learningRate: 0.05,
  weightDecay: 0,
  schedule: 'linear',
  warmupShare: 0.25,
  evaluateEveryEpochs: 2,
} as const;

function planned(method: string, config: object): PlannedRun {
  return { dataSet: films, method, seed: 1, experiment: { method: config, training } };
}

it('reports what was trained, along the way and at the end', async () => {
  const heard: RunProgress[] = [];
  const run = planned('p-tuning-v2', { promptLength: 2 });
  const outcome = await makeRun(run, context, (progress) => heard.push(progress));
  expect(() => runRecordSchema.partial().parse(outcome)).not.toThrow();
  expect(outcome.curve.map(({ step, epoch }) => [step, epoch])).toEqual([
    [4, 2],
    [8, 4],
  ]);
  expect(outcome.last).toEqual({ step: 8, epoch: 4 });
  // 2 positions x 2 layers x (keys and values) x hidden 8, and a head of 2 x 8 + 2.
  expect(outcome.parameters).toEqual({ trainable: 64 + 18, stored: 64 + 18 });
  expect(outcome.data).toEqual({
    rows: { train: 6, development: 2, test: 3 },
    labels: 2,
    notes: ['Made up'],
  });
  expect(heard.map(({ epoch }) => epoch)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  expect(heard.at(0)?.score).toBeNull();
  expect(heard.at(-1)?.score).toBe(outcome.curve[0]?.scores['accuracy']);
});

it('comes to the same again with the same seed', async () => {
  const run = planned('prompt-tuning', { promptLength: 2 });
  const [first, second] = [
    await makeRun(run, context, () => {}),
    await makeRun(run, context, () => {}),
  ];
  expect(second.curve).toEqual(first.curve);
  expect(second.test).toEqual(first.test);
});

it('leaves no tensor behind, whatever the method', async () => {
  const configs = {
    'head-only': {},
    'bias-only': {},
    'last-layers': {},
    'prompt-tuning': { promptLength: 2 },
    'p-tuning': {},
    prefix: { prefixLength: 2 },
    'p-tuning-v2': { promptLength: 2 },
    'full-fine-tuning': {},
  };
  for (const [method, config] of Object.entries(configs)) {
    const before = tf.memory().numTensors;
    await makeRun(planned(method, config), context, () => {});
    expect(tf.memory().numTensors, method).toBe(before);
  }
}, 30_000);

it('stops after a step when it is told to, and leaves no tensor then either', async () => {
  const controller = new AbortController();
  const before = tf.memory().numTensors;
  const run = planned('prefix', { prefixLength: 2 });
  const stopped = makeRun(run, { ...context, signal: controller.signal }, () => controller.abort());
  await expect(stopped).rejects.toMatchObject({ code: 'ABORTED', details: { step: 1 } });
  expect(tf.memory().numTensors).toBe(before);
});
