import type { TextSpan } from './align-tokens.ts';

/** The part of a long text that one row has of it. */
export interface TextWindow {
  /** Position of its first token among the row's real tokens, slots not counted. */
  readonly position: number;
  /** Where each of its tokens stands in the text. */
  readonly spans: readonly TextSpan[];
  readonly text: string;
}

/** A stretch of tokens: positions among the row's real ones, slots not counted. */
export interface TokenRange {
  readonly start: number;
  /** Position behind the last one. */
  readonly end: number;
}

/** One row as token ids, with slots where virtual tokens will go. */
export interface EncodedRow {
  /** Special tokens and slots included; a slot holds the padding id. */
  readonly inputIds: readonly number[];
  /** As long as `inputIds`. */
  readonly tokenTypeIds: readonly number[];
  /** Positions of the slots in `inputIds`, ascending. */
  readonly slots: readonly number[];
  /**
   * For each word of an already split sentence the position of its first token among the real
   * tokens, slots not counted; -1 for a word that has no token or was cut off.
   */
  readonly wordStarts?: readonly number[];
  /**
   * Positions in `inputIds` from which words are predicted: of the masks, or of what stands before
   * the word that a decoder is to predict.
   */
  readonly marks?: readonly number[];
  /** Words that are marked in the row's texts, in the order of the texts; none is cut off. */
  readonly words?: readonly TokenRange[];
  /** What a decoder is to write for the row, special tokens included; slots are none of them. */
  readonly targetIds?: readonly number[];
  /** For a row that has a window of a longer text as its second one. */
  readonly window?: TextWindow;
  /** The choice that the row is about, of a row of data that has several. */
  readonly choice?: string;
  /** Tokens that were cut off because the row was too long. */
  readonly truncatedTokens: number;
}

/** Positions that a row takes in an encoder and a decoder together, slots included. */
export function rowLength({ inputIds, targetIds }: EncodedRow): number {
  return inputIds.length + (targetIds?.length ?? 0);
}
