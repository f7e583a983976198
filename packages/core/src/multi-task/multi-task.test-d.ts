import { describe, expectTypeOf, it } from 'vitest';
import type { TunedModel } from '../model/tuned-model.ts';
import type {
  ClassPrediction,
  sequenceClassification,
  TextRow,
} from '../task/sequence-classification.ts';
import type {
  TaggedRow,
  TagPrediction,
  tokenClassification,
} from '../task/token-classification.ts';
import type { train } from '../trainer/train.ts';
import type { MultiTaskModel } from './multi-task-model.ts';
import { multiTaskRows } from './multi-task-row.ts';

type Mood = 'good' | 'bad';
type Tag = 'O' | 'B-X';
type Tasks = {
  readonly places: ReturnType<typeof tokenClassification<Tag>>;
  readonly moods: ReturnType<typeof sequenceClassification<Mood>>;
};
declare const model: MultiTaskModel<Tasks>;
declare const run: typeof train;

describe('the types of several tasks', () => {
  it('know rows and predictions of each', () => {
    expectTypeOf(model.tasks).toEqualTypeOf<readonly ('places' | 'moods')[]>();
    expectTypeOf(() => model.taskModel('moods')).returns.toEqualTypeOf<
      TunedModel<TextRow<Mood>, ClassPrediction<Mood>>
    >();
    expectTypeOf(() => model.taskModel('places')).returns.toEqualTypeOf<
      TunedModel<TaggedRow<Tag>, TagPrediction<Tag>>
    >();
    // @ts-expect-error there is no such task.
    expectTypeOf(() => model.taskModel('mood'));
  });

  it('hold rows against their tasks', () => {
    const moods = [{ text: '', label: 'good' }] as const;
    const places = [{ tokens: [''], tags: ['O'] }] as const;
    expectTypeOf(() => run(model, { train: multiTaskRows({ places, moods }) })).toBeFunction();
    // @ts-expect-error a row of the other task.
    expectTypeOf(() => run(model, { train: multiTaskRows({ places: moods }) }));
    const maybe = [{ text: '', label: 'maybe' }] as const;
    // @ts-expect-error maybe is no label.
    expectTypeOf(() => run(model, { train: multiTaskRows({ moods: maybe }) }));
    // @ts-expect-error there is no such task.
    expectTypeOf(() => run(model, { train: multiTaskRows({ mood: moods }) }));
  });
});
