import { expect, it } from 'vitest';
import { joinMembers, type MemberLogits } from './member-logits.ts';

/** Logits of two labels for each token, and where the words start. */
function member(wordStarts: number[], tokens: [number, number][]): MemberLogits {
  const row = { inputIds: [], tokenTypeIds: [], slots: [], wordStarts, truncatedTokens: 0 };
  const logits = { shape: [tokens.length, 2], values: Float32Array.from(tokens.flat()) };
  return { example: { row, target: null }, logits };
}

it('joins words wherever their tokens stand, of those members that have seen them', () => {
  const joined = joinMembers('mean-logits', 'classes', [
    member(
      [1, 3, -1, -1],
      [
        [9, 9],
        [1, 2],
        [9, 9],
        [3, 4],
      ],
    ),
    member(
      [0, 1, 2, -1],
      [
        [3, 6],
        [5, 8],
        [7, 1],
      ],
    ),
  ]);
  expect(joined?.shape).toEqual([1, 4, 2]);
  expect([...(joined?.values ?? [])]).toEqual([2, 4, 4, 6, 7, 1, 0, 0]);
  expect(joined?.example.row.wordStarts).toEqual([0, 1, 2, -1]);
});
