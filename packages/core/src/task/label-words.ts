import { invalidOption } from '../contract/invalid-option.ts';
import type { TemplatePart } from '../contract/layout.ts';
import { type Gap, gapBehind, hasSpaceBefore } from '../tokenizer/template-gap.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** How a word of several tokens is scored. */
export type TokenScoring = 'mean' | 'first' | 'masks';

/** One token of a label's word, and how much it counts for the label. */
export interface LabelToken {
  readonly id: number;
  /** Place of the label among the task's. */
  readonly label: number;
  /** The mask that it is read at, from 0. */
  readonly mask: number;
  /** Those of a label add up to 1. */
  readonly weight: number;
}

/** The words of each label, in the order of the labels. */
export type LabelWords = readonly (readonly string[])[];

/**
 * The tokens of the labels' words as they stand at the mask of a template: each word of a label
 * counts alike, and each token of a word that is scored.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for a word that the tokenizer does not know.
 */
export function labelTokens(
  words: LabelWords,
  scoring: TokenScoring,
  parts: readonly TemplatePart[],
  tokenizer: Tokenizer,
): LabelToken[] {
  const isSpaced = isMaskSpaced(parts);
  return words.flatMap((own, label) =>
    own.flatMap((word) => {
      const ids = tokensOf(word, isSpaced, tokenizer);
      const scored = scoring === 'first' ? ids.slice(0, 1) : ids;
      return scored.map((id, place) => ({
        id,
        label,
        mask: scoring === 'masks' ? place : 0,
        weight: 1 / (own.length * scored.length),
      }));
    }),
  );
}

/** How many masks the tokens are read at. */
export function maskCount(tokens: readonly LabelToken[]): number {
  return tokens.reduce((most, { mask }) => Math.max(most, mask + 1), 1);
}

function isMaskSpaced(parts: readonly TemplatePart[]): boolean {
  let gap: Gap = 'start';
  for (const part of parts) {
    if (part.kind === 'mask') return hasSpaceBefore(part, gap);
    gap = gapBehind(part, gap);
  }
  return false;
}

function tokensOf(word: string, isSpaced: boolean, tokenizer: Tokenizer): readonly number[] {
  const ids = isSpaced ? tokensBehind(word, tokenizer) : tokenizer.tokenize(word);
  if (ids.length > 0 && !ids.some((id) => id === tokenizer.special.unk)) return ids;
  const message = `The tokenizer does not know the word "${word}".`;
  throw invalidOption('verbalizedClassification', 'words', message);
}

/** As in running text: some tokenizers put a space of their own before a text. */
function tokensBehind(word: string, tokenizer: Tokenizer): readonly number[] {
  const before = tokenizer.tokenize('a');
  const both = tokenizer.tokenize(`a ${word}`);
  const isBehind = before.every((id, place) => both[place] === id);
  return isBehind ? both.slice(before.length) : tokenizer.tokenize(` ${word}`);
}
