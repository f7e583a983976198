import type { TemplatePart } from '../contract/layout.ts';
import { type Gap, gapBehind, hasSpaceBefore } from '../tokenizer/template-gap.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Whether words at the mask of a template have a space before them, as byte-level tokenizers see it. */
export function isMaskSpaced(parts: readonly TemplatePart[]): boolean {
  let gap: Gap = 'start';
  for (const part of parts) {
    if (part.kind === 'mask') return hasSpaceBefore(part, gap);
    gap = gapBehind(part, gap);
  }
  return false;
}

/** Tokens of words that were asked for before; tasks have tens of thousands, and are made anew. */
const known = new WeakMap<Tokenizer, Readonly<Record<'spaced' | 'first', WordMap>>>();

type WordMap = Map<string, readonly number[]>;

/**
 * Makes tokens of words as they stand in running text, with a space before them or at its start.
 *
 * @returns No tokens for a word that the tokenizer does not know.
 */
export function wordTokens(
  tokenizer: Tokenizer,
  isSpaced: boolean,
): (word: string) => readonly number[] {
  const tokensOf = isSpaced ? tokensBehind(tokenizer) : (word: string) => tokenizer.tokenize(word);
  const both = known.get(tokenizer) ?? { spaced: new Map(), first: new Map() };
  known.set(tokenizer, both);
  const seen: WordMap = both[isSpaced ? 'spaced' : 'first'];
  return (word) => {
    const before = seen.get(word);
    if (before) return before;
    const ids = tokensOf(word);
    const made = ids.some((id) => id === tokenizer.special.unk) ? [] : ids;
    seen.set(word, made);
    return made;
  };
}

/** As in running text: some tokenizers put a space of their own before a text. */
function tokensBehind(tokenizer: Tokenizer): (word: string) => readonly number[] {
  const before = tokenizer.tokenize('a');
  return (word) => {
    const both = tokenizer.tokenize(`a ${word}`);
    const isBehind = before.every((id, place) => both[place] === id);
    return isBehind ? both.slice(before.length) : tokenizer.tokenize(` ${word}`);
  };
}
