import { deriveSeed } from '../contract/seed.ts';
import { shuffle } from './shuffle.ts';

/** Batches among which rows are sorted by length: enough to find rows of like length, few enough to stay mixed. */
const batchesPerGroup = 50;

/**
 * Cuts one epoch into batches of rows of like length, so that they need little padding.
 *
 * Rows are shuffled, sorted by length within groups of some batches, cut, and the batches shuffled.
 * The order depends on the seed and the epoch only, so that a resumed run finds its place again.
 *
 * @param lengths - Positions of each row.
 * @returns Places of rows, each once; only one batch may be smaller than the others.
 */
export function epochBatches(
  lengths: readonly number[],
  batchSize: number,
  seed: number,
  epoch: number,
): number[][] {
  const places = lengths.map((_, place) => place);
  const mixed = shuffle(places, deriveSeed(seed, `rows/${epoch}`));
  const batches: number[][] = [];
  for (const group of chunks(mixed, batchSize * batchesPerGroup)) {
    group.sort((one, other) => (lengths[one] ?? 0) - (lengths[other] ?? 0) || one - other);
    batches.push(...chunks(group, batchSize));
  }
  return shuffle(batches, deriveSeed(seed, `batches/${epoch}`));
}

/** Consecutive runs of `size` items, the last one with what is left. */
export function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
