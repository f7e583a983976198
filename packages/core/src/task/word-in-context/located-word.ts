import type { TextSpan } from '../../tokenizer/align-tokens.ts';
import type { TokenRange } from '../../tokenizer/encoded-row.ts';
import { locateText } from '../../tokenizer/locate-text.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { invalidRow, type RowPlace } from '../row-place.ts';
import type { EncodingContext } from '../task.ts';
import type { MarkedText } from './read-words.ts';

type Field = 'text' | 'textPair';

/** A text of a row with its word, whose tokens are found when the text is tokenized. */
export class LocatedWord {
  /** Tokens of the text that the row keeps. */
  kept = 0;
  readonly #marked: MarkedText;
  /** Where the text loses tokens if its row is too long. */
  readonly #side: 'start' | 'end' | 'never';
  /** The word's tokens among the `#length` ones of the text. */
  #range: TokenRange = { start: 0, end: 0 };
  #length = 0;

  constructor(field: Field, marked: MarkedText, { layout, pattern = [] }: EncodingContext) {
    const parts = layout.kind === 'template' ? layout.parts : pattern;
    const part = parts.find((one) => one.kind === 'field' && one.field === field);
    this.#side = part?.kind === 'field' ? (part.shorten ?? 'end') : 'end';
    this.#marked = marked;
  }

  /**
   * Tokens of the text, among which the word's are found.
   *
   * @throws {@link PtlError} `ROW_INVALID` if there are none of the word.
   */
  tokenize(spaceBefore: boolean, tokenizer: Tokenizer, at: RowPlace): readonly number[] {
    const { text, span } = this.#marked;
    const { ids, spans } = locateText(text, spaceBefore, tokenizer);
    const isOfWord = ({ start, end }: TextSpan): boolean => start < span[1] && end > span[0];
    const start = spans.findIndex(isOfWord);
    if (start < 0) {
      const word = JSON.stringify(text.slice(...span));
      throw invalidRow(at, `the tokenizer has no token for its word ${word}`);
    }
    this.#range = { start, end: spans.findLastIndex(isOfWord) + 1 };
    this.#length = ids.length;
    return ids;
  }

  /** Tokens that have to be kept for the word to be among them, of those that may be cut. */
  get needed(): number {
    if (this.#side === 'never') return 0;
    return this.#side === 'end' ? this.#range.end : this.#length - this.#range.start;
  }

  /** Where the word is in a row that has the first of the text's kept tokens at a position. */
  rangeFrom(first: number): TokenRange {
    const moved = first - (this.#side === 'start' ? this.#length - this.kept : 0);
    return { start: this.#range.start + moved, end: this.#range.end + moved };
  }
}
