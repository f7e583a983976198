import { deriveSeed } from '../../contract/seed.ts';
import type { EncodedExample } from '../trainable.ts';
import { shuffle } from './shuffle.ts';

export interface EpochPlanOptions {
  /** Rows of one forward pass. */
  readonly batchSize: number;
  /** Batches whose gradients make one update. */
  readonly gradientAccumulation: number;
  readonly seed: number;
  /** Whether rows of like length go together; in random order if false. True if absent. */
  readonly groupByLength?: boolean;
}

/** The batches of one update. */
export type UpdateRows<Example> = readonly (readonly Example[])[];

/** Updates within which rows are sorted: more pad less, fewer mix more. */
const updatesPerChunk = 50;

/** Optimizer steps in one epoch. */
export function countUpdates(
  rows: number,
  { batchSize, gradientAccumulation }: Omit<EpochPlanOptions, 'seed'>,
): number {
  return Math.ceil(rows / (batchSize * gradientAccumulation));
}

/**
 * Lays out one epoch: every example once, in updates whose rows are of like length, so that little
 * is padded, in random order; or all in random order where they are not to be grouped.
 *
 * Rows are cut into updates before batches, so that one batch of 16 and two of 8 hold the same
 * rows. The last update of the longest rows may be smaller than the others.
 */
export function planEpoch<Example extends EncodedExample>(
  examples: readonly Example[],
  epoch: number,
  { batchSize, gradientAccumulation, seed, groupByLength = true }: EpochPlanOptions,
): UpdateRows<Example>[] {
  const rowsPerUpdate = batchSize * gradientAccumulation;
  const mixed = shuffle(examples, deriveSeed(seed, `rows/${epoch}`));
  const updates = cut(mixed, rowsPerUpdate * updatesPerChunk).flatMap((chunk) => {
    const ordered = groupByLength
      ? chunk.toSorted((one, other) => one.length - other.length)
      : chunk;
    return cut(ordered, rowsPerUpdate);
  });
  return shuffle(updates, deriveSeed(seed, `updates/${epoch}`)).map((rows) => cut(rows, batchSize));
}

function cut<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
