import type { TextRow } from '@ptl/core';
import { builtInDataSet } from '../../data/built-in-data-set.ts';
import type { TextDataSet } from '../../data/data-set.ts';
import type { ClaimData } from './claim-data.ts';
import { splitByDevice } from './device-sentences.ts';
import { drawRows } from './draw-rows.ts';

/** Tags of 80 questions, the same for each seed. */
export const slots: ClaimData = {
  name: 'slots',
  experimentsFor: () => 'slots',
  load: () => builtInDataSet('slots'),
};

/** Classes of sentences: 96 of each label, drawn for each seed, or all that there are. */
export const sentiment: ClaimData = {
  name: 'sentiment',
  experimentsFor: (size) => (size === 'quick' ? 'sentiment-small' : 'sentiment'),
  load: async (size, seed) => {
    const all = await loadSentiment();
    return size === 'full' ? all : drawRows(all, { train: 96, development: 48, seed });
  },
};

/** 16 sentences of each label to train on, and as many to develop on, drawn for each seed. */
export const fewShot: ClaimData = {
  name: 'few sentences',
  experimentsFor: () => 'few-shot',
  load: async (_size, seed) =>
    drawRows(
      { ...(await loadSentiment()), name: 'few sentences' },
      { train: 16, development: 16, seed },
    ),
};

/** As {@link fewShot}, of sentences of eight words at most, which a language model reads in time. */
export const fewShortSentences: ClaimData = {
  name: 'few short sentences',
  experimentsFor: () => 'few-shot',
  load: async (_size, seed) => {
    const all = await loadSentiment();
    const short = (rows: readonly TextRow[]) =>
      rows.filter(({ text }) => text.split(' ').length <= 8);
    const { train, development, test } = all;
    const parts = { train: short(train), development: short(development), test: short(test) };
    return drawRows(
      { ...all, ...parts, name: 'few short sentences' },
      { train: 16, development: 16, seed },
    );
  },
};

async function loadSentiment(): Promise<TextDataSet> {
  const all = await builtInDataSet('sentiment');
  if (all.kind === 'sequence-classification') return all;
  throw new TypeError('Sentiment is a class of a sentence.');
}

/** Sentences of reviews that name no device to train on, drawn for each seed. */
export const generalSentiment: ClaimData = {
  name: 'sentiment without devices',
  experimentsFor: () => 'sentiment-small',
  load: async (_size, seed) => splitByDevice(await loadSentiment(), seed),
};
