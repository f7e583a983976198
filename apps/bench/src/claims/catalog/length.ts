import type { ComparedClaim } from '../claim.ts';
import { sentiment, slots } from '../data/claim-data-sets.ts';
import { clearly, noWorse } from './relations.ts';
import { side } from './setting.ts';

const shallow = (promptLength: number) =>
  side(`prompt tuning, ${promptLength}`, sentiment, 'prompt-tuning', { promptLength });
const deepTags = (promptLength: number) =>
  side(`P-tuning v2, ${promptLength} a layer`, slots, 'p-tuning-v2', { promptLength });
const deepClasses = (promptLength: number) =>
  side(`P-tuning v2, ${promptLength} a layer`, sentiment, 'p-tuning-v2', { promptLength });

/** How long a prompt should be. */
export const lengthClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'length-more-than-one',
    statement: 'A prompt at the input needs more than one virtual token',
    source: 'Lester et al. 3.2, figure 3a',
    left: shallow(20),
    relation: clearly,
    right: shallow(1),
  },
  {
    kind: 'compared',
    id: 'length-enough-at-20',
    statement: 'Beyond 20 virtual tokens at the input little is gained',
    source: 'Lester et al. 3.2, figure 3a',
    left: shallow(20),
    relation: noWorse,
    right: shallow(60),
  },
  {
    kind: 'compared',
    id: 'length-tags-long',
    statement: 'Tagging wants long prompts',
    source: 'P-Tuning v2 3.3 and appendix B',
    left: deepTags(32),
    relation: clearly,
    right: deepTags(4),
  },
  {
    kind: 'compared',
    id: 'length-classes-short',
    statement: 'For classes of sentences short prompts are enough',
    source: 'P-Tuning v2 3.3 and appendix B',
    left: deepClasses(8),
    relation: noWorse,
    right: deepClasses(32),
  },
];
