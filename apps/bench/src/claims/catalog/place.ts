import type { ComparedClaim } from '../claim.ts';
import { sentiment } from '../data/claim-data-sets.ts';
import { noWorse, onPar } from './relations.ts';
import { side } from './setting.ts';

const placed = (placement: string, label: string) =>
  side(label, sentiment, 'prompt-tuning', { promptLength: 20, placement });

/** Where virtual tokens stand. */
export const placeClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'place-front-or-end',
    statement: 'The prompt can stand at any position: in front is as good as at the end',
    source: 'Liu et al. 2021 3.1; Lester et al. 2 puts it in front',
    left: placed('front', 'in front'),
    relation: onPar,
    right: placed('end', 'at the end'),
  },
  {
    kind: 'compared',
    id: 'place-around-text',
    statement:
      'Virtual tokens around the text and between anchor words are no worse than all in front',
    source: 'Liu et al. 2021 3.1 and 3.2',
    left: side('template', sentiment, 'p-tuning', {
      template: '{prompt:7} review: {text} {prompt:7} it was {prompt:6}',
    }),
    relation: noWorse,
    right: side('in front', sentiment, 'p-tuning', {
      template: null,
      placement: 'front',
      promptLength: 20,
    }),
  },
];
