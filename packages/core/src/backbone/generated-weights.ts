import type { Weights } from './weights/weights.ts';

/**
 * Weights that follow from their names and shapes, the same as in `fixtures/make_encoders.py`, so
 * that tiny models of many families need no stored weights. For tests.
 */
export function generatedWeights(shapes: Readonly<Record<string, readonly number[]>>): Weights {
  const shapeOf = (name: string): readonly number[] => shapes[name] ?? [];
  return {
    names: Object.keys(shapes),
    fingerprint: 'generated',
    has: (name) => Object.hasOwn(shapes, name),
    shape: shapeOf,
    float32: (name) => {
      const shape = shapeOf(name);
      const isScale = name.toLowerCase().includes('norm') && name.endsWith('weight');
      if (isScale) return generate(name, shape, (value) => value * 0.5 + 1);
      const spread = shape.length > 1 && name.includes('embeddings') ? 0.5 : 0.35;
      return generate(name, shape, (value) => value * spread);
    },
  };
}

/** Uniform numbers in [-1, 1) from a linear congruential generator that the name seeds. */
export function generate(
  name: string,
  shape: readonly number[],
  map: (value: number) => number = (value) => value,
): Float32Array<ArrayBuffer> {
  let state = 2166136261;
  for (const byte of new TextEncoder().encode(name)) state = Math.imul(state ^ byte, 16777619);
  const length = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return map((state >>> 0) / 2 ** 31 - 1);
  });
}
