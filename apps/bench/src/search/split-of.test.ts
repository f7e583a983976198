import { describe, expect, it } from 'vitest';
import { builtInDataSet } from '../data/built-in-data-set.ts';
import { drawsSplits, splitOf } from './split-of.ts';

describe.each(['slots', 'intents'])('a split of %s, whose development part is small', (name) => {
  it('holds the rows of train and development, in the same sizes, and none of test', async () => {
    const dataSet = await builtInDataSet(name);
    const split = splitOf(dataSet, 100);
    expect(drawsSplits(dataSet)).toBe(true);
    expect(split.test).toEqual([]);
    expect([split.train.length, split.development.length]).toEqual([80, 20]);
    const own = new Set<object>([...dataSet.train, ...dataSet.development]);
    const drawn = new Set<object>([...split.train, ...split.development]);
    expect(drawn).toEqual(own);
    expect(split.labels).toEqual(dataSet.labels);
  });

  it('is the same for the same seed, and another for another', async () => {
    const dataSet = await builtInDataSet(name);
    const first = splitOf(dataSet, 100).development;
    expect(splitOf(dataSet, 100).development).toEqual(first);
    expect(splitOf(dataSet, 101).development).not.toEqual(first);
    expect(dataSet.development).not.toEqual(first);
  });
});

it('is the data set itself without its test part where the development part is large', async () => {
  const dataSet = await builtInDataSet('sentiment');
  expect(drawsSplits(dataSet)).toBe(false);
  const { train, development, test } = splitOf(dataSet, 100);
  expect(train).toBe(dataSet.train);
  expect(development).toBe(dataSet.development);
  expect(test).toEqual([]);
});
