import { expect, it } from 'vitest';
import { builtInDataSet } from '../data/built-in-data-set.ts';
import { taskOf } from '../runner/task-of.ts';
import { majorityPredictions } from './majority.ts';

it('is right as often as the most frequent class occurs', async () => {
  const dataSet = await builtInDataSet('intents');
  const scores = taskOf(dataSet).score(majorityPredictions(dataSet), dataSet.test);
  // 71 of the 106 test questions of the Chatbot Corpus ask for a connection.
  expect(scores['accuracy']).toBeCloseTo(71 / 106, 12);
  expect(scores['matthewsCorrelation']).toBe(0);
});

it('finds no entity where most words are outside of one', async () => {
  const dataSet = await builtInDataSet('slots');
  const predictions = majorityPredictions(dataSet);
  expect(predictions).toHaveLength(dataSet.test.length);
  expect(taskOf(dataSet).score(predictions, dataSet.test)['entityF1']).toBe(0);
});

it('prefers the first of equally frequent labels', () => {
  const row = (label: string) => ({ text: 'a', label });
  const parts = { train: [row('b'), row('a')], development: [], test: [row('a')] };
  const [prediction] = majorityPredictions({
    name: 'tie',
    kind: 'sequence-classification',
    labels: ['a', 'b'],
    notes: [],
    ...parts,
  });
  expect(prediction).toEqual({ label: 'a', index: 0, scores: { a: 1, b: 0 } });
});
