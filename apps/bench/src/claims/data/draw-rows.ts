import { deriveSeed, type TextRow } from '@ptl/core';
import type { TextDataSet } from '../../data/data-set.ts';
import { shuffle } from '../../data/shuffle.ts';

export interface Draw {
  /** Rows of each label to train on. */
  readonly train: number;
  readonly development: number;
  readonly seed: number;
}

/**
 * A data set of which as many rows of each label are drawn, by seed; the test part stays whole.
 * Fewer are taken of a label that does not have so many.
 */
export function drawRows(dataSet: TextDataSet, { train, development, seed }: Draw): TextDataSet {
  return {
    ...dataSet,
    train: drawPerLabel(dataSet.train, train, deriveSeed(seed, 'train')),
    development: drawPerLabel(dataSet.development, development, deriveSeed(seed, 'development')),
    notes: [
      ...dataSet.notes,
      `${train} rows of each label drawn to train on, ${development} to develop on`,
    ],
  };
}

/** As many rows of each label, in an order that the seed decides. */
export function drawPerLabel(rows: readonly TextRow[], count: number, seed: number): TextRow[] {
  const taken = new Map<string, number>();
  return shuffle(rows, seed).filter(({ label }) => {
    const before = taken.get(label) ?? 0;
    taken.set(label, before + 1);
    return before < count;
  });
}
