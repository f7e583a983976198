import type { TextRow } from '@ptl/core';
import type { TextDataSet } from '../../data/data-set.ts';

/** Leaves the rows of at most so many words, which spaces part. */
export function keepShort(dataSet: TextDataSet, words: number): TextDataSet {
  const short = (rows: readonly TextRow[]) =>
    rows.filter(({ text }) => text.split(' ').length <= words);
  const { train, development, test } = dataSet;
  return {
    ...dataSet,
    train: short(train),
    development: short(development),
    test: short(test),
    notes: [...dataSet.notes, `Sentences of at most ${words} words`],
  };
}
