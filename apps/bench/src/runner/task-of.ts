import { sequenceClassification, type Task, tokenClassification } from '@ptl/core';
import type { DataSet } from '../data/data-set.ts';

/** The task that a data set is for. Its rows and predictions are those of the data set's kind. */
export function taskOf({ kind, name, labels }: DataSet): Task {
  const options = { labels, name };
  return kind === 'sequence-classification'
    ? sequenceClassification(options)
    : tokenClassification(options);
}
