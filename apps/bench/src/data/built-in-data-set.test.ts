import { toEntities } from '@ptl/core';
import { describe, expect, it } from 'vitest';
import { builtInDataSet, builtInDataSets } from './built-in-data-set.ts';
import { loadChatbotCorpus, toSlotRow } from './chatbot-corpus.ts';
import type { DataSet } from './data-set.ts';

const sizes = ({ train, development, test }: DataSet) => [
  train.length,
  development.length,
  test.length,
];

describe('the built-in data sets', () => {
  it('have the official test parts, and development parts of fixed size', async () => {
    const loaded = await Promise.all(builtInDataSets.map(builtInDataSet));
    expect(loaded.map((dataSet) => [dataSet.name, ...sizes(dataSet)])).toEqual([
      ['intents', 80, 20, 106],
      ['sentiment', 590, 200, 200],
      ['slots', 80, 20, 106],
    ]);
  });

  it.each(builtInDataSets)(
    '%s: no test row is in another part, and the split repeats itself',
    async (name) => {
      const dataSet = await builtInDataSet(name);
      const [train, development, test] = [dataSet.train, dataSet.development, dataSet.test].map(
        (rows) => new Set<string>(rows.map((row) => JSON.stringify(row))),
      );
      expect([...(test ?? [])].filter((row) => train?.has(row) || development?.has(row))).toEqual(
        [],
      );
      expect(await builtInDataSet(name)).toEqual(dataSet);
    },
  );

  it('share out the labels evenly', async () => {
    const { development, test } = await builtInDataSet('sentiment');
    for (const rows of [development, test]) {
      const positive = rows.filter((row) => 'label' in row && row.label === 'positive');
      expect(Math.abs(positive.length - 100)).toBeLessThanOrEqual(1);
    }
    const intents = await builtInDataSet('intents');
    expect(intents.labels).toEqual(['DepartureTime', 'FindConnection']);
    const departures = intents.development.filter(
      (row) => 'label' in row && row.label === 'DepartureTime',
    );
    expect(Math.abs(departures.length - 0.43 * 20)).toBeLessThanOrEqual(1);
  });

  it('reject an unknown name with the nearest one', async () => {
    await expect(builtInDataSet('sentimant')).rejects.toThrow(
      '[DATA_SET_UNKNOWN] No built-in data set is called "sentimant". Did you mean "sentiment"? Known: intents, sentiment, slots.',
    );
    await expect(builtInDataSet('toString')).rejects.toThrow(/DATA_SET_UNKNOWN/);
  });
});

describe('the slots of the Chatbot Corpus', () => {
  it('are the spans of the corpus, all 500 of them, by text', async () => {
    const corpus = await loadChatbotCorpus();
    const found = corpus.flatMap((sentence) => {
      const { row, unaligned } = toSlotRow(sentence);
      expect(unaligned).toEqual([]);
      return toEntities(row.tags, { mode: 'strict' }).map(
        ({ type, start, end }) => `${type}: ${row.tokens.slice(start, end).join('')}`,
      );
    });
    const expected = corpus.flatMap(({ entities }) =>
      [...entities]
        .sort((left, right) => left.start - right.start)
        .map(({ entity, text }) => `${entity}: ${text.replaceAll(' ', '')}`),
    );
    expect(found).toHaveLength(500);
    expect(found).toEqual(expected);
  });

  it('leave out a span that its tokens do not spell, or that overlaps another', () => {
    const entities = [
      { entity: 'Line', start: 0, stop: 1, text: 'bus 5' },
      { entity: 'Vehicle', start: 1, stop: 1, text: '5' },
      { entity: 'Criterion', start: 2, stop: 2, text: 'marienplatz' },
      { entity: 'StationDest', start: 3, stop: 3, text: 'marienplatz' },
      { entity: 'StationStart', start: 3, stop: 4, text: 'marienplatz' },
    ];
    const sentence = { text: 'bus 5 to marienplatz', intent: 'x', entities, training: true };
    const { row, unaligned } = toSlotRow(sentence);
    expect(row.tags).toEqual(['B-Line', 'I-Line', 'O', 'B-StationDest']);
    expect(unaligned.map(({ entity }) => entity)).toEqual(['Vehicle', 'Criterion', 'StationStart']);
  });
});
