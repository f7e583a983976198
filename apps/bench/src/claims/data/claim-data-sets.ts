import { builtInDataSet } from '../../data/built-in-data-set.ts';
import type { TextDataSet } from '../../data/data-set.ts';
import type { ClaimData } from './claim-data.ts';
import { splitByDevice } from './device-sentences.ts';
import { drawRows } from './draw-rows.ts';
import { keepShort } from './keep-short.ts';

/** Words of the longest sentence in a quick try: about half the time of one of any length. */
const quickWords = 12;
/** Of the longest that a language model of 135 million weights is to read. */
const languageModelWords = 8;

/** Tags of 80 questions, the same for each seed; trained for fewer epochs in a quick try. */
export const slots: ClaimData = {
  name: 'slots',
  experimentsFor: (size) => (size === 'quick' ? 'slots-short' : 'slots'),
  load: () => builtInDataSet('slots'),
};

/** Classes of sentences: 96 short ones of each label, drawn for each seed, or all that there are. */
export const sentiment: ClaimData = {
  name: 'sentiment',
  experimentsFor: (size) => (size === 'quick' ? 'sentiment-small' : 'sentiment'),
  load: async (size, seed) => {
    const all = await loadSentiment();
    if (size === 'full') return all;
    return drawRows(keepShort(all, quickWords), { train: 96, development: 48, seed });
  },
};

/** 16 sentences of each label to train on, and as many to develop on, drawn for each seed. */
export const fewShot: ClaimData = {
  name: 'few sentences',
  experimentsFor: () => 'few-shot',
  load: async (size, seed) => {
    const all = await loadSentiment();
    const rows = size === 'full' ? all : keepShort(all, quickWords);
    const draw = { train: 16, development: 16, seed };
    return drawRows({ ...rows, name: 'few sentences' }, draw);
  },
};

/** As {@link fewShot}, of sentences that a language model reads in time. */
export const fewShortSentences: ClaimData = {
  name: 'few short sentences',
  experimentsFor: () => 'few-shot',
  load: async (_size, seed) =>
    drawRows(
      { ...keepShort(await loadSentiment(), languageModelWords), name: 'few short sentences' },
      { train: 16, development: 16, seed },
    ),
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
