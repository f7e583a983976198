import type { ClassPrediction, TagPrediction } from '@ptl/core';
import type { DataSet, TaggedDataSet, TextDataSet } from '../data/data-set.ts';

/**
 * Predicts the most frequent label of the training rows for each row of the test part: for tagging
 * the most frequent tag, at each word. Of equally frequent labels the first one counts.
 */
export function majorityPredictions(dataSet: DataSet): ClassPrediction[] | TagPrediction[] {
  return dataSet.kind === 'sequence-classification' ? classesOf(dataSet) : tagsOf(dataSet);
}

function classesOf({ labels, train, test }: TextDataSet): ClassPrediction[] {
  const label = mostFrequent(
    labels,
    train.map((row) => row.label),
  );
  const scores = Object.fromEntries(labels.map((name) => [name, name === label ? 1 : 0]));
  return test.map(() => ({ label, index: labels.indexOf(label), scores }));
}

function tagsOf({ labels, train, test }: TaggedDataSet): TagPrediction[] {
  const tag = mostFrequent(
    labels,
    train.flatMap(({ tags }) => tags),
  );
  return test.map(({ tokens }) => ({ tags: tokens.map(() => tag) }));
}

function mostFrequent(labels: readonly string[], occurrences: readonly string[]): string {
  const counts = new Map(labels.map((label) => [label, 0]));
  for (const label of occurrences) counts.set(label, (counts.get(label) ?? 0) + 1);
  const largest = Math.max(...counts.values());
  return labels.find((label) => counts.get(label) === largest) ?? '';
}
