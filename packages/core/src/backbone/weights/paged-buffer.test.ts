import { describe, expect, it } from 'vitest';
import { pagedBuffer, pagedFloats, releasePages } from './paged-buffer.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { createWeights } from './weights.ts';

describe('memory in pages of its own', () => {
  it('holds zeroes, and numbers like any other', () => {
    const values = pagedFloats(3);
    expect([...values]).toEqual([0, 0, 0]);
    values.set([1, 2, 3]);
    expect([...values]).toEqual([1, 2, 3]);
    expect(pagedFloats(0)).toHaveLength(0);
  });

  it('is given back at once', () => {
    const buffer = pagedBuffer(8);
    const view = new Uint8Array(buffer, 4, 4);
    releasePages(buffer);
    expect([buffer.byteLength, view.length]).toEqual([0, 0]);
  });

  it('holds the numbers of a checkpoint apart from its file, which can then go', async () => {
    const header = JSON.stringify({
      f32: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      f16: { dtype: 'F16', shape: [1], data_offsets: [8, 10] },
      bf16: { dtype: 'BF16', shape: [1], data_offsets: [10, 12] },
    });
    const head = new TextEncoder().encode(header);
    const bytes = new Uint8Array(pagedBuffer(8 + head.length + 12), 0, 8 + head.length + 12);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
    bytes.set(head, 8);
    bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 8 + head.length);
    bytes.set([0x00, 0x3c, 0x80, 0xbf], 16 + head.length); // 1 in float16, -1 in bfloat16.
    const weights = await createWeights(parseSafetensors(bytes, 'file').tensors, 'file');
    const values = ['f32', 'f16', 'bf16'].map((name) => weights.float32(name));
    weights.release?.();
    expect(bytes.length).toBe(0);
    expect(values.map((part) => [...part])).toEqual([[1.5, -2], [1], [-1]]);
  });

  it('leaves memory of another kind as it is', () => {
    const buffer = new ArrayBuffer(8);
    releasePages(buffer);
    expect(buffer.byteLength).toBe(8);
  });
});
