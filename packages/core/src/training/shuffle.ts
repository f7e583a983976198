import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A shuffled copy (Fisher-Yates); equal seeds give equal orders on every machine. */
export function shuffle<Item>(items: readonly Item[], seed: number): Item[] {
  const random = xoroshiro128plus(seed);
  const shuffled: Item[] = [];
  for (const [index, item] of items.entries()) {
    const place = uniformInt(random, 0, index);
    const displaced = shuffled[place];
    if (place < index && displaced !== undefined) shuffled.push(displaced);
    shuffled[place] = item;
  }
  return shuffled;
}
