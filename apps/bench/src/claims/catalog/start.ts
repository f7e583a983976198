import type { ComparedClaim } from '../claim.ts';
import { fewShot } from '../data/claim-data-sets.ts';
import { clearly, noWorse } from './relations.ts';
import { side } from './setting.ts';

const startedFrom = (kind: string, label: string) =>
  side(label, fewShot, 'prompt-tuning', { promptLength: 20, initialization: { kind } });

/** What a prompt starts from, which matters most where data are few. */
export const startClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'start-from-vocabulary',
    statement: 'Starting from words of the vocabulary beats random numbers',
    source: 'Lester et al. 3.2, figure 3b',
    left: startedFrom('vocabulary', 'vocabulary'),
    relation: clearly,
    right: startedFrom('uniform', 'uniform'),
  },
  {
    kind: 'compared',
    id: 'start-from-labels',
    statement: 'Starting from the names of the labels is no worse than from other words',
    source: 'Lester et al. 3.2, figure 3b',
    left: startedFrom('labels', 'labels'),
    relation: noWorse,
    right: startedFrom('vocabulary', 'vocabulary'),
  },
];
