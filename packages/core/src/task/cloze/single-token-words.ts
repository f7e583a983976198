import { resolveTemplate } from '../../tokenizer/resolve-template.ts';
import { parseTemplate } from '../../tokenizer/template.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { isMaskSpaced, wordTokens } from '../word-tokens.ts';
import { singleToken } from './candidates.ts';
import type { ClozeRow } from './cloze.ts';

/** Where words are to stand. */
export interface WordPlace {
  readonly tokenizer: Tokenizer;
  /**
   * The template that has them at its mask, a task's or a method's: byte-level vocabularies have
   * other tokens where no space stands before it. As inside a text if absent.
   */
  readonly template?: string | undefined;
}

/**
 * Those of some words that are one token of a tokenizer where they stand, each token once, in their
 * order. With several tokenizers, one after the other, words that are common to them.
 *
 * @throws {@link PtlError} `TEMPLATE_INVALID`.
 */
export function singleTokenWords(words: readonly string[], place: WordPlace): string[] {
  const tokensOf = tokensIn(place);
  const found = new Map<number, string>();
  for (const word of words.map((one) => one.trim())) {
    const token = singleToken(tokensOf(word));
    if (typeof token === 'number' && !found.has(token)) found.set(token, word);
  }
  return [...found.values()];
}

/**
 * The words of a vocabulary, of letters alone and of two or more, which come back from the tokenizer as
 * one token: candidates for a cloze where no list is given. The most frequent first, as the vocabulary
 * has them; special and added tokens are none.
 *
 * @throws {@link PtlError} `TEMPLATE_INVALID`.
 */
export function vocabularyWords(place: WordPlace): string[] {
  const { tokenizer } = place;
  const tokensOf = tokensIn(place);
  return tokenizer.frequentTokens(tokenizer.vocabularySize).flatMap((id) => {
    // The marks of a space that byte-level and SentencePiece vocabularies have.
    const word = tokenizer.idToToken(id)?.replace(/^[Ġ▁]/u, '') ?? '';
    if (!/^(\p{L}\p{M}*){2,}$/u.test(word)) return [];
    return singleToken(tokensOf(word)) === id ? [word] : [];
  });
}

/** A row that a cloze cannot ask for. */
export interface SkippedRow<Row> {
  readonly row: Row;
  /** What its object is: several tokens, unknown, or no candidate. A clause. */
  readonly reason: string;
}

/**
 * Parts rows into those whose object is one of the candidates, by its token, and the others, each with
 * the reason.
 *
 * @throws {@link PtlError} `TEMPLATE_INVALID`.
 */
export function selectClozeRows<Row extends ClozeRow>(
  rows: readonly Row[],
  candidates: readonly string[],
  place: WordPlace,
): { readonly rows: Row[]; readonly skipped: SkippedRow<Row>[] } {
  const tokensOf = tokensIn(place);
  const known = new Set(candidates.map((word) => singleToken(tokensOf(word.trim()))));
  const [kept, skipped]: [Row[], SkippedRow<Row>[]] = [[], []];
  for (const row of rows) {
    const token = singleToken(tokensOf(row.object.trim()));
    if (typeof token === 'string') skipped.push({ row, reason: token });
    else if (known.has(token)) kept.push(row);
    else skipped.push({ row, reason: 'none of the candidates' });
  }
  return { rows: kept, skipped };
}

function tokensIn({ tokenizer, template }: WordPlace): (word: string) => readonly number[] {
  return wordTokens(tokenizer, template === undefined || isSpacedIn(template, tokenizer));
}

function isSpacedIn(template: string, tokenizer: Tokenizer): boolean {
  const { parts } = resolveTemplate(parseTemplate(template, 'reading'), (text) =>
    tokenizer.tokenize(text),
  );
  return isMaskSpaced(parts);
}
