import { describe, expectTypeOf, it } from 'vitest';
import { verbalizedClassification } from './verbalized-classification.ts';

describe('verbalizedClassification', () => {
  it('types rows and predictions by its labels', () => {
    const task = verbalizedClassification({
      labels: ['good', 'bad'],
      words: { good: ['great', 'good'], bad: 'terrible' },
      template: '{text} It was {mask}.',
    });
    expectTypeOf(task.decode).returns.items.toHaveProperty('label').toEqualTypeOf<'good' | 'bad'>();
    expectTypeOf<Parameters<typeof task.encode>[0]['label']>().toEqualTypeOf<'good' | 'bad'>();
  });

  it('wants words for each label', () => {
    // @ts-expect-error: "bad" has none.
    verbalizedClassification({ labels: ['good', 'bad'], words: { good: 'great' } });
  });
});
