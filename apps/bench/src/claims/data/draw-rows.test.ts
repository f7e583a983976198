import { expect, it } from 'vitest';
import { builtInDataSet } from '../../data/built-in-data-set.ts';
import { fewShot, sentiment } from './claim-data-sets.ts';

const textsOf = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row));

it('draws as many rows of each label for each seed, and others for another seed', async () => {
  const [first, again, second] = [
    await fewShot.load('quick', 0),
    await fewShot.load('quick', 0),
    await fewShot.load('quick', 1),
  ];
  expect(first).toEqual(again);
  expect(textsOf(first.train)).not.toEqual(textsOf(second.train));
  for (const part of [first.train, first.development]) {
    const positive = textsOf(part).filter((text) => text.includes('"positive"'));
    expect([part.length, positive.length]).toEqual([32, 16]);
  }
});

it('keeps the short rows of the test part, and draws from each part its own short ones', async () => {
  const all = await builtInDataSet('sentiment');
  const drawn = await sentiment.load('quick', 3);
  const short = (rows: readonly object[]) =>
    textsOf(rows.filter((row) => 'text' in row && String(row.text).split(' ').length <= 12));
  expect(textsOf(drawn.test)).toEqual(short(all.test));
  expect(drawn.test.length).toBeLessThan(all.test.length);
  const [train, development] = [new Set(short(all.train)), new Set(short(all.development))];
  expect(drawn.train).toHaveLength(192);
  expect(textsOf(drawn.train).every((text) => train.has(text))).toBe(true);
  expect(textsOf(drawn.development).every((text) => development.has(text))).toBe(true);
});

it('takes all rows where there is time', async () => {
  expect(await sentiment.load('full', 0)).toEqual(await builtInDataSet('sentiment'));
});
