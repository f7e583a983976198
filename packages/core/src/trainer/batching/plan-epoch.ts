import { deriveSeed } from '../../contract/seed.ts';
import type { EncodedExample } from '../trainable.ts';
import { groupBy } from './group-by.ts';
import { type Sampling, shareUpdates } from './share-updates.ts';
import { shuffle } from './shuffle.ts';

export interface EpochPlanOptions {
  /** Rows of one forward pass. */
  readonly batchSize: number;
  /** Batches whose gradients make one update. */
  readonly gradientAccumulation: number;
  readonly seed: number;
  /** Whether rows of like length go together; in random order if false. True if absent. */
  readonly groupByLength?: boolean;
  /** Which share of the updates each data set has. `proportional` if absent. */
  readonly sampling?: Sampling | undefined;
}

/** The batches of one update. */
export type UpdateRows<Example> = readonly (readonly Example[])[];

/** Updates within which rows are sorted: more pad less, fewer mix more. */
const updatesPerChunk = 50;

/** Optimizer steps in one epoch. */
export function countUpdates(
  examples: readonly EncodedExample[],
  options: Omit<EpochPlanOptions, 'seed'>,
): number {
  const sets = [...dataSetsOf(examples).values()];
  return sets.reduce((total, rows) => total + updatesOfPass(rows, options), 0);
}

/** The examples of each data set, by its name; all under one where they have none. */
export function dataSetsOf<Example extends EncodedExample>(
  examples: readonly Example[],
): ReadonlyMap<string, readonly Example[]> {
  return groupBy(examples, ({ dataSet = '' }) => dataSet);
}

/**
 * Lays out one epoch: every example once, in updates whose rows are of like length, so that little
 * is padded, in random order; or all in random order where they are not to be grouped.
 *
 * An update has rows of one data set only. Where `sampling` gives a data set more or fewer updates
 * than it has rows for, its epochs go on from where the one before ended: each of its rows comes
 * once before any of them comes again.
 *
 * Rows are cut into updates before batches, so that one batch of 16 and two of 8 hold the same
 * rows. The last update of the longest rows may be smaller than the others.
 */
export function planEpoch<Example extends EncodedExample>(
  examples: readonly Example[],
  epoch: number,
  options: EpochPlanOptions,
): UpdateRows<Example>[] {
  const { seed, sampling = 'proportional' } = options;
  const sets = [...dataSetsOf(examples)];
  if (sets.length === 1) return planPass(examples, epoch, options);
  const sizes = sets.map(([, rows]) => ({
    rows: rows.length,
    updates: updatesOfPass(rows, options),
  }));
  const counts = shareUpdates(sizes, sampling);
  const updates = sets.flatMap(([name, rows], place) => {
    const count = counts[place] ?? 0;
    const ownSeed = deriveSeed(seed, `data-set/${name}`);
    return takeUpdates(rows, epoch * count, count, { ...options, seed: ownSeed });
  });
  return shuffle(updates, deriveSeed(seed, `data-sets/${epoch}`));
}

/** Some updates of one pass after another over a data set, from the one with number `first` on. */
function takeUpdates<Example extends EncodedExample>(
  rows: readonly Example[],
  first: number,
  count: number,
  options: EpochPlanOptions,
): UpdateRows<Example>[] {
  const perPass = updatesOfPass(rows, options);
  const firstPass = Math.floor(first / perPass);
  const passes = Math.ceil((first + count) / perPass) - firstPass;
  const start = first - firstPass * perPass;
  return Array.from({ length: passes }, (_, pass) => planPass(rows, firstPass + pass, options))
    .flat()
    .slice(start, start + count);
}

/** Every row once. */
function planPass<Example extends EncodedExample>(
  rows: readonly Example[],
  pass: number,
  { batchSize, gradientAccumulation, seed, groupByLength = true }: EpochPlanOptions,
): UpdateRows<Example>[] {
  const rowsPerUpdate = batchSize * gradientAccumulation;
  const mixed = shuffle(rows, deriveSeed(seed, `rows/${pass}`));
  const updates = cut(mixed, rowsPerUpdate * updatesPerChunk).flatMap((chunk) => {
    const ordered = groupByLength
      ? chunk.toSorted((one, other) => one.length - other.length)
      : chunk;
    return cut(ordered, rowsPerUpdate);
  });
  return shuffle(updates, deriveSeed(seed, `updates/${pass}`)).map((each) => cut(each, batchSize));
}

function updatesOfPass(
  { length }: readonly EncodedExample[],
  { batchSize, gradientAccumulation }: Omit<EpochPlanOptions, 'seed'>,
): number {
  return Math.ceil(length / (batchSize * gradientAccumulation));
}

function cut<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
