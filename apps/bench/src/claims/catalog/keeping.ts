import type { ComparedClaim, Side } from '../claim.ts';
import { generalSentiment, sentiment, slots } from '../data/claim-data-sets.ts';
import { forgetting } from '../procedures/forgetting.ts';
import { shift } from '../procedures/shift.ts';
import { clearly } from './relations.ts';
import { setting } from './setting.ts';

const afterNextTask = (label: string, method: string): Side => ({
  label,
  settings: [{ ...setting(slots, method), procedure: forgetting(sentiment) }],
});
const inOtherDomain = (label: string, method: string): Side => ({
  label,
  settings: [{ ...setting(generalSentiment, method), procedure: shift }],
});
const fullDomain = inOtherDomain('full fine-tuning', 'full-fine-tuning');

/** What a frozen backbone keeps. */
export const keepingClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'no-forgetting',
    statement:
      'Prompts for a second task leave the first as it was, and full fine-tuning does not: change of the first score',
    source: 'follows from freezing; Liu et al. 2021 4.1.2',
    left: afterNextTask('P-tuning v2', 'p-tuning-v2'),
    relation: clearly,
    right: afterNextTask('full fine-tuning', 'full-fine-tuning'),
  },
  {
    kind: 'compared',
    id: 'domain-shift-shallow',
    statement:
      'Prompt tuning loses less than full fine-tuning in another domain: change of the score there',
    source: 'Lester et al. 5, table 1',
    left: inOtherDomain('prompt tuning', 'prompt-tuning'),
    relation: clearly,
    right: fullDomain,
  },
  {
    kind: 'compared',
    id: 'domain-shift-deep',
    statement:
      'P-tuning v2 loses less than full fine-tuning in another domain: change of the score there',
    source: 'Lester et al. 5, there argued of prompts at the input',
    left: inOtherDomain('P-tuning v2', 'p-tuning-v2'),
    relation: clearly,
    right: fullDomain,
  },
];
