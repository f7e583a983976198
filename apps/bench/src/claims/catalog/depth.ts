import type { ComparedClaim } from '../claim.ts';
import { sentiment, slots } from '../data/claim-data-sets.ts';
import { clearly } from './relations.ts';
import { side } from './setting.ts';

/** Where prompts act: at the input, at all layers, at the upper or the lower ones. */
export const depthClaims: readonly ComparedClaim[] = [
  {
    kind: 'compared',
    id: 'deep-beats-shallow-tags',
    statement: 'Prompts at every layer beat as many at the input alone, on tags',
    source: 'P-Tuning v2 3.2, tables 2 and 3; Li & Liang 7.2',
    left: side('P-tuning v2, 32 a layer', slots, 'p-tuning-v2', { promptLength: 32 }),
    relation: clearly,
    right: side('prompt tuning, 32', slots, 'prompt-tuning', { promptLength: 32 }),
  },
  {
    kind: 'compared',
    id: 'deep-beats-shallow-classes',
    statement: 'Prompts at every layer beat as many at the input alone, on classes',
    source: 'P-Tuning v2 3.2, table 2; Li & Liang 7.2',
    left: side('P-tuning v2, 20 a layer', sentiment, 'p-tuning-v2', { promptLength: 20 }),
    relation: clearly,
    right: side('prompt tuning, 20', sentiment, 'prompt-tuning', { promptLength: 20 }),
  },
  {
    kind: 'compared',
    id: 'top-layers-classes',
    statement: 'Prompts in the top layers beat as many in the bottom layers, on classes',
    source: 'P-Tuning v2 4.2, prompt depth',
    left: side(
      'top 2 layers',
      sentiment,
      'p-tuning-v2',
      { layers: { last: 2 } },
      { learningRate: 0.1 },
    ),
    relation: clearly,
    right: side(
      'bottom 2 layers',
      sentiment,
      'p-tuning-v2',
      { layers: { first: 2 } },
      { learningRate: 0.1 },
    ),
  },
  {
    kind: 'compared',
    id: 'top-layers-tags',
    statement: 'Prompts in the top layers beat as many in the bottom layers, on tags',
    source: 'P-Tuning v2 4.2, prompt depth, there shown on classes',
    left: side('top 2 layers', slots, 'p-tuning-v2', { promptLength: 32, layers: { last: 2 } }),
    relation: clearly,
    right: side('bottom 2 layers', slots, 'p-tuning-v2', {
      promptLength: 32,
      layers: { first: 2 },
    }),
  },
];
