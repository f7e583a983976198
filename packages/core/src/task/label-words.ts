import { invalidOption } from '../contract/invalid-option.ts';
import type { TemplatePart } from '../contract/layout.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { isMaskSpaced, wordTokens } from './word-tokens.ts';

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

/** A word with the tokens that are scored for it. */
interface ScoredWord {
  readonly word: string;
  readonly label: number;
  readonly ids: readonly number[];
}

/**
 * The tokens of the labels' words as they stand at the mask of a template: each word of a label
 * counts alike, and each token of a word that is scored.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for a word that the tokenizer does not know, and for words
 *   of two labels that are scored by the same tokens.
 */
export function labelTokens(
  words: LabelWords,
  scoring: TokenScoring,
  parts: readonly TemplatePart[],
  tokenizer: Tokenizer,
): LabelToken[] {
  const tokensOf = wordTokens(tokenizer, isMaskSpaced(parts));
  const scored = words.flatMap((own, label) =>
    own.map((word): ScoredWord => {
      const ids = tokensOf(word);
      if (ids.length === 0) throw refusal(`The tokenizer does not know the word "${word}".`);
      return { word, label, ids: scoring === 'first' ? ids.slice(0, 1) : ids };
    }),
  );
  refuseConflicts(scored, scoring);
  return scored.flatMap(({ label, ids }) =>
    ids.map((id, place) => ({
      id,
      label,
      mask: scoring === 'masks' ? place : 0,
      weight: 1 / ((words[label]?.length ?? 1) * ids.length),
    })),
  );
}

/** How many masks the tokens are read at. */
export function maskCount(tokens: readonly LabelToken[]): number {
  return tokens.reduce((most, { mask }) => Math.max(most, mask + 1), 1);
}

/** Two words that always have the same score tell no label from the other. */
function refuseConflicts(scored: readonly ScoredWord[], scoring: TokenScoring): void {
  const seen = new Map<string, ScoredWord>();
  for (const one of scored) {
    const key = one.ids.join(' ');
    const before = seen.get(key);
    if (before && before.label !== one.label) {
      const same = scoring === 'first' ? 'first token' : 'tokens';
      throw refusal(
        `The words "${before.word}" and "${one.word}" of two labels have the same ${same}, and so always the same score.`,
      );
    }
    seen.set(key, one);
  }
}

function refusal(message: string): Error {
  return invalidOption('verbalizedClassification', 'words', message);
}
