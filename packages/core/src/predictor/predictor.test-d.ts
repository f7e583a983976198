import { describe, expectTypeOf, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { createPredictor } from './create-predictor.ts';

declare const backbone: Backbone;

describe('predictions', () => {
  it('have the types of the tasks that are given, in the order of the requests', async () => {
    const predictor = createPredictor({
      backbone,
      adapters: {
        mood: { folder: 'a', task: sequenceClassification({ labels: ['bad', 'good'] }) },
        places: { folder: 'b', task: tokenClassification({ labels: ['O', 'B-X'] }) },
        unknown: 'c',
      },
    });
    const [places, mood, unknown, later] = await predictor.predict([
      { adapter: 'places', row: { tokens: ['a'] } },
      { adapter: 'mood', row: { text: 'a' } },
      { adapter: 'unknown', row: {} },
      { adapter: 'added later', row: {} },
    ]);
    if (mood.ok) expectTypeOf(mood.value.label).toEqualTypeOf<'bad' | 'good'>();
    if (places.ok) expectTypeOf(places.value.tags).toEqualTypeOf<readonly ('O' | 'B-X')[]>();
    if (unknown.ok) expectTypeOf(unknown.value).toEqualTypeOf<unknown>();
    if (later.ok) expectTypeOf(later.value).toEqualTypeOf<unknown>();
  });
});
