import { type DataSet, taskOf } from '@ptl/bench/data-sets';
import { createModel } from '@ptl/core';
import { createTinyBackbone } from '@ptl/core/testing';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answersOf, peftAnswersSchema } from './answers.ts';

const text = { text: 'the film was good', label: 'yes' };
const words = { tokens: ['the', 'film'], tags: ['O', 'B-X'] };
const dataSets: readonly DataSet[] = [
  {
    name: 'texts',
    kind: 'sequence-classification',
    labels: ['no', 'yes'],
    train: [text],
    development: [text],
    test: [text, { ...text, text: 'a long bad time' }],
    notes: [],
  },
  {
    name: 'tags',
    kind: 'token-classification',
    labels: ['O', 'B-X'],
    train: [words],
    development: [words],
    test: [words],
    notes: [],
  },
];

beforeAll(() => tf.setBackend('cpu'));
const backbone = createTinyBackbone();
afterAll(() => backbone[Symbol.dispose]());

it.each(dataSets)('has predictions, logits and the score of $name', async (dataSet) => {
  using model = createModel({
    backbone,
    method: pTuningV2,
    config: { promptLength: 2 },
    task: taskOf(dataSet),
  });
  const { predictions, logits, score } = await answersOf(model, dataSet);
  const { scores } = await model.evaluate(dataSet.test);
  expect(score).toBe(scores[model.primaryMetric]);
  expect(logits).toHaveLength(dataSet.test.length);
  for (const [row, labels] of predictions.entries()) {
    const width = dataSet.kind === 'token-classification' ? words.tokens.length : 1;
    expect(labels).toHaveLength(width);
    const [first = 0, second = 0] = logits[row] ? [...Array.from(logits[row])] : [];
    if (width === 1) expect(labels).toEqual([second > first ? 'yes' : 'no']);
  }
});

it('takes what PEFT answers, or says', () => {
  const versions = { peft: '0.21.2', torch: '2', transformers: '5' };
  const answers = { predictions: [['yes']], logits: [[0, 1]], score: 1 };
  const content = { versions, results: { a: answers, b: 'KeyError: x' } };
  expect(peftAnswersSchema.parse(content)).toEqual(content);
  const wrong = { versions, results: { a: { predictions: [['yes']] } } };
  expect(() => peftAnswersSchema.parse(wrong)).toThrow();
});
