import { deriveSeed } from '@ptl/core';
import { carve } from '../data/carve.ts';
import type { DataSet } from '../data/data-set.ts';
import { taggedShape, textShape } from '../data/row-shape.ts';

/** Below so many rows, one development part says too little of a setting. */
const fewRows = 100;

/** Whether a search draws development parts of its own, one for each seed. */
export function drawsSplits({ development }: DataSet): boolean {
  return development.length < fewRows;
}

/**
 * What a search may see of a data set: its train and development parts, and nothing of the test
 * part. Where the development part is small, both are drawn anew from their rows, by the seed and in
 * the same sizes, so that settings are judged on more rows than one part holds.
 */
export function splitOf(dataSet: DataSet, seed: number): DataSet {
  const unseen = { test: [], notes: [] };
  if (!drawsSplits(dataSet)) return { ...dataSet, ...unseen };
  const options = {
    count: dataSet.development.length,
    seed: deriveSeed(seed, `search/${dataSet.name}`),
  };
  if (dataSet.kind === 'sequence-classification') {
    const rows = [...dataSet.train, ...dataSet.development];
    const { kept, carved } = carve(rows, { ...options, shape: textShape });
    return { ...dataSet, ...unseen, train: kept, development: carved };
  }
  const rows = [...dataSet.train, ...dataSet.development];
  const { kept, carved } = carve(rows, { ...options, shape: taggedShape });
  return { ...dataSet, ...unseen, train: kept, development: carved };
}
