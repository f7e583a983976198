/**
 * Derives the seed of one random draw from the run's seed and the draw's name, so that adding a
 * draw does not change the others.
 *
 * FNV-1a with a final avalanche. Never `0`, which TensorFlow.js takes to mean "no seed".
 */
export function deriveSeed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${seed}/${name}`) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
