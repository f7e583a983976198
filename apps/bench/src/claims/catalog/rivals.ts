import type { ComparedClaim } from '../claim.ts';
import { fewShot, sentiment, slots } from '../data/claim-data-sets.ts';
import { clearly, noWorse } from './relations.ts';
import { side } from './setting.ts';

const deepTags = side('P-tuning v2', slots, 'p-tuning-v2', { promptLength: 32 });
/** As a search chose for it, also in a quick try: it needs more epochs than full fine-tuning. */
const searchedTags = side(
  'P-tuning v2, 64 a layer, 60 epochs',
  slots,
  'p-tuning-v2',
  { promptLength: 64 },
  { epochs: 60, learningRate: 0.06 },
);
const shallowTags = side('prompt tuning', slots, 'prompt-tuning', { promptLength: 32 });
const fullTags = side('full fine-tuning', slots, 'full-fine-tuning');
const deepClasses = side('P-tuning v2', sentiment, 'p-tuning-v2', { promptLength: 20 });
const shallowClasses = side('prompt tuning', sentiment, 'prompt-tuning', { promptLength: 20 });
const fullClasses = side('full fine-tuning', sentiment, 'full-fine-tuning');
const fewFull = side('full fine-tuning', fewShot, 'full-fine-tuning');

/** Prompts against training all weights, or none but a head's. */
export const rivalClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'shallow-weak-on-tags',
    statement: 'On small models prompt tuning falls behind full fine-tuning, on tags',
    source: 'P-Tuning v2 3.1, table 3',
    left: fullTags,
    relation: clearly,
    right: shallowTags,
  },
  {
    kind: 'compared',
    id: 'shallow-weak-on-classes',
    statement: 'On small models prompt tuning falls behind full fine-tuning, on classes',
    source: 'Lester et al. 3.1, figure 1; P-Tuning v2 table 2',
    left: fullClasses,
    relation: clearly,
    right: shallowClasses,
  },
  {
    kind: 'compared',
    id: 'v2-as-good-on-tags',
    statement: 'P-tuning v2 is as good as full fine-tuning on small models, on tags',
    source: 'P-Tuning v2 table 3',
    left: searchedTags,
    relation: noWorse,
    right: fullTags,
  },
  {
    kind: 'compared',
    id: 'v2-as-good-on-classes',
    statement: 'P-tuning v2 is as good as full fine-tuning on small models, on classes',
    source: 'P-Tuning v2 table 2',
    left: deepClasses,
    relation: noWorse,
    right: fullClasses,
  },
  {
    kind: 'compared',
    id: 'v2-beats-probe-tags',
    statement: 'Deep prompts beat a head on the bare backbone, on tags',
    source: 'a check of all of them; Li & Liang 4.2',
    left: deepTags,
    relation: clearly,
    right: side('head only', slots, 'head-only'),
  },
  {
    kind: 'compared',
    id: 'prompt-beats-probe-classes',
    statement: 'A prompt at the input beats a head on the bare backbone, on classes',
    source: 'a check of all of them; Lester et al. 2',
    left: shallowClasses,
    relation: clearly,
    right: side('head only', sentiment, 'head-only'),
  },
  {
    kind: 'compared',
    id: 'few-rows-prefix',
    statement: 'With few rows prefix-tuning beats full fine-tuning',
    source: 'Li & Liang 6.3',
    left: side('prefix-tuning', fewShot, 'prefix'),
    relation: clearly,
    right: fewFull,
  },
  {
    kind: 'compared',
    id: 'few-rows-p-tuning',
    statement: 'With few rows P-tuning beats full fine-tuning',
    source: 'Liu et al. 2021 4.2',
    left: side('P-tuning', fewShot, 'p-tuning'),
    relation: clearly,
    right: fewFull,
  },
];
