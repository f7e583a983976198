import { expect, it } from 'vitest';
import { generalSentiment } from './claim-data-sets.ts';
import { isAboutDevices } from './device-sentences.ts';

it('trains and develops on sentences that name no device, and tests on both kinds', async () => {
  const { train, development, test, kind } = await generalSentiment.load('quick', 0);
  if (kind !== 'sequence-classification') throw new Error('sentences have classes');
  const texts = [train, development, test].map((rows) =>
    rows.map((row) => ('text' in row ? row.text : '')),
  );
  const [trained = [], developed = [], tested = []] = texts;
  const isDevice = (text: string) => isAboutDevices({ text });
  expect([...trained, ...developed].filter(isDevice)).toEqual([]);
  expect(tested.filter(isDevice)).toHaveLength(200);
  expect(tested.filter((text) => !isDevice(text)).length).toBeGreaterThan(150);
  expect(new Set([...trained, ...developed, ...tested]).size).toBe(texts.flat().length);
});

it.each([
  ['The battery died after a week.', true],
  ['My ear hurts.', true],
  ['I wear it daily and would recommend it.', false],
])('takes "%s" for a sentence about a device: %s', (text, expected) => {
  expect(isAboutDevices({ text })).toBe(expected);
});
