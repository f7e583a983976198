import type { Tokenizer } from './tokenizer.ts';

/** A stretch of a row: tokens of one type, or slots. */
export interface RowPiece {
  /** No tokens if the piece is slots. */
  readonly ids: readonly number[];
  /** Number of slots; 0 if the piece is tokens. */
  readonly slots: number;
  readonly tokenType: number;
  /** The row's text whose tokens these are, which may be cut; null for anything else. */
  readonly field: RowField | null;
  /** Where the text loses tokens if the row is too long; at its end if absent. */
  readonly shorten?: 'start' | 'never';
  /** Given where words are read off: at each of its tokens, or in place of the token behind it. */
  readonly reads?: 'here' | 'behind';
}

type RowField = 'text' | 'textPair';

/** The texts of one row as tokens. */
export interface RowTexts {
  /** Whether the row has a second text. */
  readonly hasPair: boolean;
  /** @param spaceBefore - Whether the text goes on in a line of running text, behind a space. */
  tokens(field: RowField, spaceBefore: boolean): readonly number[];
}

/** What a tokenizer puts around one text, or around and between two. */
export interface SpecialFrame {
  readonly before: RowPiece;
  /** No tokens for one text. */
  readonly between: RowPiece;
  readonly after: RowPiece;
  /** Token type of the last text. */
  readonly lastType: number;
}

/** Reads off an assembled row of one token a text what stands around them. */
export function specialFrame(tokenizer: Tokenizer, pair: boolean): SpecialFrame {
  const probe = [tokenizer.special.pad];
  const row = pair ? tokenizer.assemble(probe, probe) : tokenizer.assemble(probe);
  const { inputIds, tokenTypeIds, firstStart, secondStart } = row;
  const last = secondStart ?? firstStart;
  const stretch = (start: number, end: number): RowPiece =>
    tokensPiece(inputIds.slice(start, end), tokenTypeIds[start] ?? 0);
  return {
    before: stretch(0, firstStart),
    between: stretch(firstStart + 1, Math.max(firstStart + 1, last)),
    after: stretch(last + 1, inputIds.length),
    lastType: tokenTypeIds[last] ?? 0,
  };
}

/** A row as the tokenizer itself would assemble it, without slots. */
export function plainPieces(texts: RowTexts, tokenizer: Tokenizer): RowPiece[] {
  const { before, between, after, lastType } = specialFrame(tokenizer, texts.hasPair);
  const first: RowPiece = { ...tokensPiece(texts.tokens('text', false), 0), field: 'text' };
  if (!texts.hasPair) return [before, first, after];
  const ids = texts.tokens('textPair', false);
  return [before, first, between, { ...tokensPiece(ids, lastType), field: 'textPair' }, after];
}

export function tokensPiece(ids: readonly number[], tokenType: number): RowPiece {
  return { ids, slots: 0, tokenType, field: null };
}
