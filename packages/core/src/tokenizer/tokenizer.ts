import type { LocatedTokens } from './locate-tokens.ts';

/** Ids of the tokens with a role; absent where the tokenizer has none for it. */
export interface SpecialTokens {
  readonly cls?: number;
  readonly sep?: number;
  readonly pad: number;
  readonly mask?: number;
  readonly unk?: number;
}

/** One or two token sequences with the special tokens of the model around them. */
export interface AssembledRow {
  readonly inputIds: readonly number[];
  /** As long as `inputIds`. */
  readonly tokenTypeIds: readonly number[];
  /** Position of the first token of the first sequence, or where it would be if that is empty. */
  readonly firstStart: number;
  /** The same of the second sequence, where there is one. */
  readonly secondStart?: number;
}

/** A Hugging Face tokenizer, without the truncation and padding that its file may ask for. */
export interface Tokenizer {
  /** The highest id and one. */
  readonly vocabularySize: number;
  readonly special: SpecialTokens;
  /** Token ids of a text, without special tokens, neither truncated nor padded. */
  tokenize(text: string): number[];
  /**
   * Token ids of the words of an already split sentence, one array a word: those that Transformers
   * gives with `is_split_into_words`. A word that yields no token gives an empty array.
   */
  tokenizeWords(words: readonly string[]): number[][];
  /** The same ids as {@link Tokenizer.tokenize}, and where their tokens stand in the text. */
  locate(text: string): LocatedTokens;
  /** Puts the special tokens of the model around sequences, as the tokenizer's own end step does. */
  assemble(first: readonly number[], second?: readonly number[]): AssembledRow;
  /** Number of special tokens that {@link Tokenizer.assemble} adds for one text or for a pair. */
  specialCount(pair: boolean): number;
  /**
   * The ordinary tokens that come first in the vocabulary, at most `count` of them: pretrained
   * vocabularies are ordered by frequency. Left out are special, added and unused tokens, and the
   * alphabet that a WordPiece vocabulary puts before its words.
   */
  frequentTokens(count: number): number[];
  idToToken(id: number): string | undefined;
}
