import type { PromptPlacement } from '../contract/layout.ts';
import type { EncodedRow } from './encoded-row.ts';
import type { RowPiece } from './row-pieces.ts';

/** A row put together from its pieces. */
export interface JoinedRow extends Pick<EncodedRow, 'inputIds' | 'tokenTypeIds' | 'slots'> {
  /** Position of the first text's first token among the real tokens, slots not counted. */
  readonly textStart: number;
  /** Positions of the places that words are read off for. */
  readonly readFor: readonly number[];
  /** The same of the second text; 0 without one. */
  readonly pairStart: number;
}

/** Puts pieces one behind the other. Slots hold `paddingId`. */
export function joinPieces(pieces: readonly RowPiece[], paddingId: number): JoinedRow {
  const inputIds: number[] = [];
  const tokenTypeIds: number[] = [];
  const slots: number[] = [];
  const readFor: number[] = [];
  const starts = { text: 0, textPair: 0 };
  for (const piece of pieces) {
    const start = inputIds.length;
    if (piece.field) starts[piece.field] = start - slots.length;
    readFor.push(...placesRead(piece, start));
    for (const id of piece.ids) inputIds.push(id);
    for (let slot = 0; slot < piece.slots; slot++) slots.push(inputIds.push(paddingId) - 1);
    while (tokenTypeIds.length < inputIds.length) tokenTypeIds.push(piece.tokenType);
  }
  const { text: textStart, textPair: pairStart } = starts;
  return { inputIds, tokenTypeIds, slots, textStart, pairStart, readFor };
}

function placesRead({ ids, reads }: RowPiece, start: number): readonly number[] {
  if (reads === 'here') return ids.map((_, place) => start + place);
  return reads === 'behind' ? [start] : [];
}

/** Adds slots to a row without any. They have the token type of the token before them, 0 in front. */
export function placeSlots(
  { inputIds, tokenTypeIds, textStart, pairStart, readFor }: JoinedRow,
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
    readFor: readFor.map((position) => (position >= start ? position + length : position)),
    pairStart,
  };
}
