import { expect, it } from 'vitest';
import { slots } from './claim-data-sets.ts';
import { splitTags } from './split-tags.ts';

const textsOf = (rows: readonly { tokens: readonly string[] }[]) =>
  rows.map(({ tokens }) => tokens.join(' '));

it('gives each task tags of its own, and half of the rows to train on', async () => {
  const all = await slots.load('quick', 0);
  if (all.kind !== 'token-classification') throw new Error('slots are tags');
  const { stations, others } = splitTags(all, 0);
  expect(stations.labels).toEqual([
    'O',
    ...['B-StationDest', 'B-StationStart', 'I-StationDest', 'I-StationStart'],
  ]);
  expect([...stations.labels, ...others.labels.slice(1)].toSorted()).toEqual(
    [...all.labels].toSorted(),
  );
  const halves = [...textsOf(stations.train), ...textsOf(others.train)];
  expect(stations.train).toHaveLength(40);
  expect(halves.toSorted()).toEqual(textsOf(all.train).toSorted());
  expect(textsOf(stations.test)).toEqual(textsOf(others.test));
  // A tag is kept by one of the tasks.
  for (const [row, { tags }] of all.test.entries()) {
    const kept = tags.map((_, at) =>
      [stations, others].map(({ test }) => test[row]?.tags[at]).filter((tag) => tag !== 'O'),
    );
    expect(kept).toEqual(tags.map((tag) => (tag === 'O' ? [] : [tag])));
  }
  expect(textsOf(splitTags(all, 1).stations.train)).not.toEqual(textsOf(stations.train));
});
