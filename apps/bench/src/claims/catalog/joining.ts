import type { ComparedClaim } from '../claim.ts';
import { fewShot, slots } from '../data/claim-data-sets.ts';
import { ensemble, meanOfMembers } from '../procedures/ensemble.ts';
import { severalTasks, trainedAlone } from '../procedures/several-tasks.ts';
import { clearly } from './relations.ts';
import { setting } from './setting.ts';

const voting = {
  ...setting(fewShot, 'prompt-tuning', { promptLength: 20 }),
  procedure: ensemble(5),
};
/** Half of the rows for each task: smaller batches, so that there are as many steps. */
const tagging = {
  ...setting(slots, 'p-tuning-v2', { promptLength: 32 }, { epochs: 10, batchSize: 8 }),
  procedure: severalTasks,
};

/** Several prompts for one task, and one prompt for several tasks. */
export const joiningClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'ensemble-beats-member',
    statement: 'A vote of five prompts for the same task beats one of them: the mean of the five',
    source: 'Lester et al. 6, table 3',
    left: { label: 'vote of five prompts', settings: [voting] },
    relation: clearly,
    right: { label: 'one prompt', settings: [{ ...voting, score: meanOfMembers }] },
  },
  {
    kind: 'compared',
    id: 'multi-task-first',
    statement:
      'Training two tagging tasks together before each is trained on alone beats training each alone as long, with the same restart',
    source: 'P-Tuning v2 3.3, tables 2 and 3',
    left: { label: 'together first', settings: [tagging] },
    relation: clearly,
    right: { label: 'alone twice', settings: [{ ...tagging, score: trainedAlone }] },
  },
];
