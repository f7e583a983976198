import type { DataSet } from '../data/data-set.ts';
import type { RunRecord } from '../records/run-record.ts';

/** What a record says of the data it was made on. */
export function dataFacts({ train, development, test, labels, notes }: DataSet): RunRecord['data'] {
  return {
    rows: { train: train.length, development: development.length, test: test.length },
    labels: labels.length,
    notes: [...notes],
  };
}
