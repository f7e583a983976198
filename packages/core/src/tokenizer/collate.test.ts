import { describe, expect, it } from 'vitest';
import { collate } from './collate.ts';
import type { EncodedRow } from './encoded-row.ts';

function row(inputIds: number[], tokenTypeIds: number[], slots: number[]): EncodedRow {
  return { inputIds, tokenTypeIds, slots, truncatedTokens: 0 };
}

describe('collate', () => {
  it('pads at the end to the longest row', () => {
    const batch = collate(
      [row([2, 9, 5, 3], [0, 0, 1, 1], [1]), row([9, 2, 3], [0, 0, 0], [0])],
      9,
    );
    expect(batch).toEqual({
      size: 2,
      sequence: 4,
      inputIds: Int32Array.of(2, 9, 5, 3, 9, 2, 3, 9),
      attentionMask: Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 0),
      tokenTypeIds: Int32Array.of(0, 0, 1, 1, 0, 0, 0, 0),
      promptLength: 1,
      slots: Int32Array.of(1, 0),
    });
  });

  it('makes an empty batch of no rows', () => {
    expect(collate([], 0)).toMatchObject({ size: 0, sequence: 0, promptLength: 0 });
  });

  it('pads what rows are to be turned into by itself, in front of no slots', () => {
    const first = { ...row([2, 9, 3], [0, 0, 0], [1]), targetIds: [5] };
    const second = { ...row([9, 3], [0, 0], [0]), targetIds: [6, 7, 8] };
    expect(collate([first, second], 9).target).toEqual({
      sequence: 3,
      inputIds: Int32Array.of(5, 9, 9, 6, 7, 8),
      attentionMask: Uint8Array.of(1, 0, 0, 1, 1, 1),
    });
    const { targetIds: _, ...bare } = second;
    expect(() => collate([first, bare], 9)).toThrow('1 of 2 rows have a target.');
  });

  it('gives rows with fewer slots further ones behind everything else, masked', () => {
    const rows = [
      row([0, 0, 5], [0, 0, 0], [0, 1]),
      row([1, 2], [0, 0], []),
      row([9, 0], [0, 0], [1]),
    ];
    const batch = collate(rows, 0);
    expect(batch).toMatchObject({ size: 3, sequence: 4, promptLength: 2 });
    expect(batch.slots).toEqual(Int32Array.of(0, 1, 2, 3, 1, 3));
    expect(batch.attentionMask).toEqual(Uint8Array.of(1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0));
    expect(batch.inputIds).toEqual(Int32Array.of(0, 0, 5, 0, 1, 2, 0, 0, 9, 0, 0, 0));
  });
});
