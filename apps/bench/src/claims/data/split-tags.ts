import { deriveSeed, type TaggedRow } from '@ptl/core';
import type { DataSet, TaggedDataSet } from '../../data/data-set.ts';
import { shuffle } from '../../data/shuffle.ts';

/** Two tasks with tags of their own and no row to train on in common. */
export interface TagTasks {
  readonly stations: TaggedDataSet;
  readonly others: TaggedDataSet;
}

/**
 * Makes two tasks of the questions about transport: where from and where to in one half of the rows
 * to train on, all else in the other half, drawn by seed. Development and test parts are the same
 * questions for both.
 */
export function splitTags(all: DataSet, seed: number): TagTasks {
  if (all.kind !== 'token-classification') throw new TypeError('Only tags can be split.');
  const rows = shuffle(all.train, deriveSeed(seed, 'halves'));
  const half = Math.ceil(rows.length / 2);
  const isStation = (tag: string) => /^[BI]-Station/.test(tag);
  const parts = (name: string, train: readonly TaggedRow[], takes: (tag: string) => boolean) => ({
    ...all,
    name,
    labels: all.labels.filter((tag) => tag === 'O' || takes(tag)),
    train: keepTags(train, takes),
    development: keepTags(all.development, takes),
    test: keepTags(all.test, takes),
  });
  return {
    stations: parts('stations', rows.slice(0, half), isStation),
    others: parts('others', rows.slice(half), (tag) => !isStation(tag)),
  };
}

function keepTags(rows: readonly TaggedRow[], takes: (tag: string) => boolean): TaggedRow[] {
  return rows.map(({ tokens, tags }) => ({
    tokens,
    tags: tags.map((tag) => (takes(tag) ? tag : 'O')),
  }));
}
