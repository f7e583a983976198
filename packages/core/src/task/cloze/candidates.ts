import { invalidOption } from '../../contract/invalid-option.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { wordTokens } from '../word-tokens.ts';

/** The tokens of a cloze task's candidates, in their order, and where a word is among them. */
export interface CandidateTokens {
  readonly ids: Int32Array;
  /** Place of a word among the candidates, or why it is none: a clause. */
  placeOf(word: string): number | string;
}

/** Finds the tokens of candidates where they stand at a mask, once for each tokenizer. */
export class Candidates {
  readonly #words: readonly string[];
  readonly #spaced = new WeakMap<Tokenizer, CandidateTokens>();
  readonly #first = new WeakMap<Tokenizer, CandidateTokens>();

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /**
   * @param isSpaced - Whether a space stands before the mask.
   * @throws {@link PtlError} `CONFIG_INVALID` for a candidate that is not one token, or the same one
   *   as another candidate.
   */
  in(tokenizer: Tokenizer, isSpaced: boolean): CandidateTokens {
    const known = isSpaced ? this.#spaced : this.#first;
    const tokens = known.get(tokenizer) ?? candidateTokens(this.#words, tokenizer, isSpaced);
    known.set(tokenizer, tokens);
    return tokens;
  }
}

function candidateTokens(
  words: readonly string[],
  tokenizer: Tokenizer,
  isSpaced: boolean,
): CandidateTokens {
  const tokensOf = wordTokens(tokenizer, isSpaced);
  const places = new Map<number, number>();
  for (const [place, word] of words.entries()) {
    const token = singleToken(tokensOf(word));
    if (typeof token === 'string') throw refusal(place, `"${word}" is ${token}.`);
    const before = places.get(token);
    if (before !== undefined) {
      throw refusal(place, `"${word}" and "${words[before]}" are the same token.`);
    }
    places.set(token, place);
  }
  return {
    ids: Int32Array.from(places.keys()),
    placeOf(word) {
      const token = singleToken(tokensOf(word.trim()));
      if (typeof token === 'string') return token;
      return places.get(token) ?? 'none of the candidates';
    },
  };
}

/** The only token of a word, or what it is instead. */
export function singleToken(tokens: readonly number[]): number | string {
  const [token] = tokens;
  if (token === undefined) return 'unknown to the tokenizer';
  return tokens.length === 1 ? token : `${tokens.length} tokens, where one is read`;
}

function refusal(place: number, message: string): Error {
  const advice = '`singleTokenWords` leaves out what cannot be used.';
  return invalidOption('cloze', `candidates.${place}`, `${message} ${advice}`);
}
