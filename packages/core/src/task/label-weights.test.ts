import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../contract/batch.ts';
import { balancedLabelWeights } from './balanced-label-weights.ts';
import { sequenceClassification } from './sequence-classification.ts';
import { tokenClassification } from './token-classification.ts';

const labels = ['a', 'b', 'c'] as const;
const row = { inputIds: [1], tokenTypeIds: [0], slots: [], truncatedTokens: 0, wordStarts: [0] };
const batch = {} as Batch; // Neither task looks at it.
const logits = [1, 2, 0, 0, 1, 3];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

// torch.nn.functional.cross_entropy(torch.tensor([[1., 2, 0], [0, 1, 3]]), torch.tensor([0, 2]),
// torch.tensor([1., 1, 4]), label_smoothing=0.1, reduction='sum')
const expected = 2.460448;

describe('label weights and smoothing', () => {
  const options = { labels, labelWeights: { c: 4 }, labelSmoothing: 0.1 };

  it('change the loss of rows', () => {
    const examples = [0, 2].map((target) => ({ row, target }));
    const task = sequenceClassification(options);
    const { sum, count } = task.loss(tf.tensor2d(logits, [2, 3]), examples, batch);
    expect(sum.dataSync()[0]).toBeCloseTo(expected, 4);
    expect(count).toBe(5);
    expect(task.options).toEqual(options);
  });

  it('change the loss of tags', () => {
    const examples = [[0], [2]].map((target) => ({ row, target }));
    const task = tokenClassification(options);
    const { sum, count } = task.loss(tf.tensor3d(logits, [2, 1, 3]), examples, batch);
    expect(sum.dataSync()[0]).toBeCloseTo(expected, 4);
    expect(count).toBe(5);
  });

  it.each([
    [{ labelWeights: { d: 1 } }, 'labelWeights.d: The task has no label "d".'],
    [{ labelWeights: { a: 0 } }, 'labelWeights.a'],
    [{ labelSmoothing: 1 }, 'labelSmoothing'],
  ])('are refused: %j', (wrong, problem) => {
    const given: object = wrong;
    expect(() => sequenceClassification({ labels, ...given })).toThrow(problem);
  });
});

describe('balancedLabelWeights', () => {
  it('weighs labels as scikit-learn', () => {
    // compute_class_weight('balanced', classes=['a', 'b'], y=['a', 'a', 'b', 'a'])
    const rows = ['a', 'a', 'b', 'a'].map((label) => ({ label }));
    expect(balancedLabelWeights(rows)).toEqual({ a: 4 / 6, b: 2 });
  });

  it('counts the words of tagged rows', () => {
    const rows = [{ tags: ['O', 'O', 'O'] }, { tags: ['B-x'] }];
    expect(balancedLabelWeights(rows)).toEqual({ O: 4 / 6, 'B-x': 2 });
  });
});
