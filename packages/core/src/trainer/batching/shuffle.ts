import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A copy in an order drawn uniformly; equal seeds give equal orders. */
export function shuffle<Item>(items: readonly Item[], seed: number): Item[] {
  const generator = xoroshiro128plus(seed);
  const shuffled = [...items];
  // Fisher-Yates.
  for (let last = shuffled.length - 1; last > 0; last--) {
    const drawn = uniformInt(generator, 0, last);
    // Both places are within the array.
    [shuffled[last], shuffled[drawn]] = [shuffled[drawn] as Item, shuffled[last] as Item];
  }
  return shuffled;
}
