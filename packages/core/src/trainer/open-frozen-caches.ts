import type { FrozenCache } from './frozen-cache.ts';
import type { TrainSettings } from './options/train-settings.ts';
import type { EncodedExample, Trainable } from './trainable.ts';
import type { TrainingPlan } from './training-plan.ts';

/** The caches of one run. */
export interface FrozenCaches<Example> {
  readonly train: FrozenCache<Example> | null;
  readonly validation: FrozenCache<Example> | null;
}

/** Opens what can be of use: a row that is seen once is not remembered. */
export function openFrozenCaches<Row, Example extends EncodedExample>(
  trainable: Trainable<Row, Example>,
  examples: readonly Example[],
  { cache, validation, evaluationBatchSize }: TrainSettings,
  plan: TrainingPlan,
): FrozenCaches<Example> {
  if (!plan.cache || !trainable.frozenCache) return { train: null, validation: null };
  const { maxBytes } = plan.cache;
  const folder = typeof cache === 'object' ? cache.folder : undefined;
  const comesAgain = plan.totalSteps > plan.stepsPerEpoch;
  const train = comesAgain
    ? trainable.frozenCache({ examples, batchSize: plan.batchSize, maxBytes, folder })
    : null;
  const rest = maxBytes - (train?.bytes ?? 0);
  const evaluated = validation
    ? trainable.frozenCache({
        examples: null,
        batchSize: evaluationBatchSize,
        maxBytes: rest,
        folder,
      })
    : null;
  return { train, validation: evaluated };
}
