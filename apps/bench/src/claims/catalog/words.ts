import type { ComparedClaim } from '../claim.ts';
import { fewShortSentences } from '../data/claim-data-sets.ts';
import { manualPrompt, trainedWords } from '../procedures/words.ts';
import { clearly } from './relations.ts';
import { setting, side } from './setting.ts';

const backbone = 'smollm2-135m';
const training = { epochs: 6, batchSize: 4, learningRate: 0.01 };
const prompt = [fewShortSentences, 'prompt-tuning', { promptLength: 8 }, training] as const;
const byWords = {
  label: 'prompt tuning, words',
  settings: [{ ...setting(...prompt), procedure: trainedWords }],
};

/** What a language model's own words are good for, with few rows. */
export const wordClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'words-beat-head',
    statement: 'With few rows, words of a language model as labels beat a new head',
    source: 'Liu et al. 2021 4.2; Schick & Schütze 2021 4',
    backbone,
    left: byWords,
    relation: clearly,
    right: side('prompt tuning, head', ...prompt),
  },
  {
    kind: 'compared',
    id: 'trained-beats-manual',
    statement: 'A trained prompt beats a template written by hand',
    source: 'Liu et al. 2021 4.1 and 4.2',
    backbone,
    left: byWords,
    relation: clearly,
    right: {
      label: 'manual prompt',
      settings: [{ ...setting(fewShortSentences, 'head-only'), procedure: manualPrompt }],
    },
  },
];
