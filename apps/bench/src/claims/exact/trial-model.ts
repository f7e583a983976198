import { type Backbone, createModel, type TextRow, train } from '@ptl/core';
import { trainedMethods } from '../../bench-methods.ts';
import type { TextDataSet } from '../../data/data-set.ts';
import { taskOf } from '../../runner/task-of.ts';

/** Rows that a property is shown on: of different lengths, so that batches are padded. */
export const trialRows: readonly TextRow[] = [
  { text: 'when does the next train leave', label: 'time' },
  { text: 'how do i get from here to the station as fast as possible', label: 'route' },
  { text: 'and the next bus?', label: 'time' },
  { text: 'the shortest way to the museum', label: 'route' },
];

const trialData: TextDataSet = {
  name: 'trial',
  kind: 'sequence-classification',
  labels: ['route', 'time'],
  train: trialRows,
  development: trialRows,
  test: trialRows,
  notes: [],
};

/** The task of {@link trialRows}. */
export const trialTask = taskOf(trialData);

/** A model of a method after three steps of training; the caller's to dispose of. */
export async function trialModel(
  backbone: Backbone,
  method: string,
  config: Readonly<Record<string, unknown>>,
  seed = 1,
) {
  const model = createModel({
    backbone,
    method: trainedMethods.get(method),
    config,
    task: trialTask,
    seed,
  });
  await train(model, { train: trialRows, maxSteps: 3, learningRate: 0.05, seed, progress: 'none' });
  return model;
}

/** The prompt methods, each with a prompt of another length. */
export const promptMethods = [
  { method: 'prompt-tuning', config: { promptLength: 5 } },
  { method: 'p-tuning', config: { template: '{prompt:2} {text} {prompt:2}' } },
  { method: 'prefix', config: { prefixLength: 3 } },
  { method: 'p-tuning-v2', config: { promptLength: 7 } },
] as const;
