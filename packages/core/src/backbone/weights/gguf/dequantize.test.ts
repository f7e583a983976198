import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dequantize } from './dequantize.ts';
import { isTensorType, tensorTypes } from './tensor-types.ts';

/** Blocks and the values that the Python package gguf reads in them, see fixtures/make_gguf.py. */
const path = new URL('../../../../fixtures/gguf/types.json', import.meta.url);
const types: Record<string, { blocks: string; values: string }> = JSON.parse(
  readFileSync(path, 'utf8'),
);

const decode = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));

describe('dequantize', () => {
  it('has a case for each type', () => {
    expect(Object.keys(types).sort()).toEqual(Object.keys(tensorTypes).sort());
  });

  it.each(Object.entries(types))('gives the bits of the reference for %s', (name, stored) => {
    const dtype = isTensorType(name) ? name : 'F32';
    const expected = new Float32Array(decode(stored.values).buffer);
    const shape = [2, expected.length / 2];
    const bytes = decode(stored.blocks);
    const values = dequantize({ name: 'tensor', file: 'x.gguf', dtype, shape, bytes });
    expect(Buffer.from(values.buffer)).toEqual(Buffer.from(expected.buffer));
    expect(new Set(values).size).toBeGreaterThan(30);
  });

  it('reads blocks that stand at any place of a file', () => {
    const bytes = decode(types['Q6_K']?.blocks ?? '');
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const tensor = { name: 'tensor', file: 'x.gguf', dtype: 'Q6_K', shape: [2, 512] } as const;
    const values = dequantize({ ...tensor, bytes: shifted.subarray(3) });
    expect(values).toEqual(dequantize({ ...tensor, bytes }));
  });
});
