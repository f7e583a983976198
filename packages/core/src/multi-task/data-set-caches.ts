import type { ModelExample } from '../model/model-example.ts';
import { groupBy } from '../trainer/batching/group-by.ts';
import type { FrozenCache, FrozenCacheOptions } from '../trainer/frozen-cache.ts';
import type { Trainable } from '../trainer/trainable.ts';

/** A row of one of several tasks, encoded for the model of its task. */
export interface MultiTaskExample extends ModelExample {
  /** The name of its task. */
  readonly dataSet: string;
}

type Opener = Pick<Trainable<unknown, ModelExample>, 'frozenCache'>;

/**
 * A cache for each data set, behind which one cache stands. Each may take an equal share of the
 * memory.
 *
 * @returns Null where none of them has anything to remember.
 */
export function openDataSetCaches(
  models: ReadonlyMap<string, Opener>,
  { examples, maxBytes, ...options }: FrozenCacheOptions<MultiTaskExample>,
): FrozenCache<MultiTaskExample> | null {
  const groups = examples && groupBy(examples, ({ dataSet }) => dataSet);
  const share = Math.floor(maxBytes / models.size);
  const caches = new Map<string, FrozenCache<ModelExample>>();
  for (const [name, model] of models) {
    const own = groups && (groups.get(name) ?? []);
    const cache = model.frozenCache?.({ ...options, examples: own, maxBytes: share });
    if (cache) caches.set(name, cache);
  }
  if (caches.size === 0) return null;
  return {
    get bytes() {
      return [...caches.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    },
    async states(batch) {
      const cache = caches.get(batch[0]?.dataSet ?? '');
      return cache ? await cache.states(batch) : null;
    },
  };
}

/** The part of a cache of several data sets that is of one of them. */
export function cacheOf(
  frozen: FrozenCache<MultiTaskExample> | null,
  dataSet: string,
): FrozenCache<ModelExample> | null {
  if (!frozen) return null;
  return {
    get bytes() {
      return frozen.bytes;
    },
    states: (batch) => frozen.states(batch.map((example) => ({ ...example, dataSet }))),
  };
}
