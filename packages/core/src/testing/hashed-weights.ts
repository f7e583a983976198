import type { Weights } from '../backbone/weights/weights.ts';

/**
 * Weights that need no file: each value is a hash of its parameter's name and of its place, as
 * `fixtures/hashed.py` computes them too.
 *
 * @param prefix - What the names start with in Transformers' task models, such as `model.`; a name
 *   without it is hashed with it, unless `bare` has it.
 * @param bare - Names that task models have without the prefix.
 */
export function hashedWeights(
  shapes: ReadonlyMap<string, readonly number[]>,
  prefix = '',
  bare: ReadonlySet<string> = new Set(),
): Weights {
  return {
    names: [...shapes.keys()],
    fingerprint: 'hashed',
    has: (name) => shapes.has(name),
    shape: (name) => shapes.get(name) ?? [],
    float32: (name) => hashed(bare.has(name) ? name : prefix + name, shapes.get(name) ?? []),
  };
}

/** The values of one parameter. */
export function hashed(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  let seed = 2166136261;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 16777619) >>> 0;
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: size }, (_, index) => {
    const value = mix((Math.imul(index, 2654435761) + seed) >>> 0) / 2 ** 32 - 0.5;
    if (shape.length > 1) return value * 0.7;
    return name.endsWith('weight') ? 1 + 0.6 * value : value * 0.4;
  });
}

function mix(x: number): number {
  const mixed = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0;
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
