import type { PromptPlacement } from '../contract/layout.ts';
import type { EncodedRow } from './encoded-row.ts';
import type { RowPiece } from './row-pieces.ts';

/** A row put together from its pieces. */
export interface JoinedRow extends Pick<EncodedRow, 'inputIds' | 'tokenTypeIds' | 'slots'> {
  /** Position of the first text's first token among the real tokens, slots not counted. */
  readonly textStart: number;
  /** The same of the second text; 0 without one. */
  readonly pairStart: number;
}

/** Puts pieces one behind the other. Slots hold `paddingId`. */
export function joinPieces(pieces: readonly RowPiece[], paddingId: number): JoinedRow {
  const inputIds: number[] = [];
  const tokenTypeIds: number[] = [];
  const slots: number[] = [];
  const starts = { text: 0, textPair: 0 };
  for (const { ids, slots: length, tokenType, field } of pieces) {
    if (field) starts[field] = inputIds.length - slots.length;
    for (const id of ids) inputIds.push(id);
    for (let slot = 0; slot < length; slot++) slots.push(inputIds.push(paddingId) - 1);
    while (tokenTypeIds.length < inputIds.length) tokenTypeIds.push(tokenType);
  }
  return { inputIds, tokenTypeIds, slots, textStart: starts.text, pairStart: starts.textPair };
}

/** Adds slots to a row without any. They have the token type of the token before them, 0 in front. */
export function placeSlots(
  { inputIds, tokenTypeIds, textStart, pairStart }: JoinedRow,
  at: PromptPlacement,
  length: number,
  paddingId: number,
): JoinedRow {
  const start = { front: 0, 'after-first': 1, end: inputIds.length }[at];
  const slots = Array.from({ length }, (_, slot) => start + slot);
  const type = tokenTypeIds[start - 1] ?? 0;
  return {
    inputIds: inputIds.toSpliced(start, 0, ...slots.map(() => paddingId)),
    tokenTypeIds: tokenTypeIds.toSpliced(start, 0, ...slots.map(() => type)),
    slots,
    textStart,
    pairStart,
  };
}
