import { describe, expectTypeOf, it } from 'vitest';
import { labelsOf } from './labels-of.ts';
import {
  type ClassPrediction,
  sequenceClassification,
  type TextRow,
} from './sequence-classification.ts';
import type { Task } from './task.ts';
import { type TagPrediction, tokenClassification } from './token-classification.ts';
import { wordInContext } from './word-in-context/word-in-context.ts';
import type { WordInContextRow } from './word-in-context/word-row.ts';

describe('task types', () => {
  it('know the labels that are written out', () => {
    const task = sequenceClassification({ labels: ['yes', 'no'] });
    type Label = 'yes' | 'no';
    expectTypeOf(task).toEqualTypeOf<Task<TextRow<Label>, ClassPrediction<Label>, number>>();
    expectTypeOf<ClassPrediction<Label>['scores']>().toEqualTypeOf<
      Readonly<Record<Label, number>>
    >();
    // @ts-expect-error maybe is no label.
    task.score([], [{ text: '', label: 'maybe' }]);
  });

  it('know the labels of words in context, also where none are given', () => {
    expectTypeOf(wordInContext()).toExtend<Task<WordInContextRow<'false' | 'true'>>>();
    const task = wordInContext({ labels: ['same', 'other'], marks: 'quoted' });
    expectTypeOf(task.decode).returns.toEqualTypeOf<ClassPrediction<'same' | 'other'>[]>();
    // @ts-expect-error related is no label.
    wordInContext({ labels: ['same', 'other'], labelWeights: { related: 2 } });
  });

  it('allow labels that are known at run time only', () => {
    const labels = labelsOf([{ tags: ['O'] as string[] }]);
    const task = tokenClassification({ labels });
    expectTypeOf(task.decode).returns.toEqualTypeOf<TagPrediction<string>[]>();
    expectTypeOf(task).toExtend<Task>();
  });
});
