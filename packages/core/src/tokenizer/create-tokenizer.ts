import { Tokenizer as Library } from '@huggingface/tokenizers';
import { correctNormalizer } from './correct-normalizer.ts';
import { correctorFor } from './correct-text.ts';
import { withExactDigits } from './exact-digits.ts';
import { createLocator, type LocatedTokens } from './locate-tokens.ts';
import { parseSpecialTemplate } from './parse-special-template.ts';
import { withPrefixSpace } from './prefix-space.ts';
import { fillTemplate } from './special-template.ts';
import { findSpecialTokens } from './special-tokens.ts';
import type { Tokenizer } from './tokenizer.ts';
import {
  invalidTokenizer,
  isRecord,
  parseTokenizerFile,
  type TokenizerFile,
} from './tokenizer-file.ts';

/** Places that vocabularies keep free or pad with, and the bytes they fall back to. */
const unused = /^(\[unused\d+\]|madeupword\d+|<\|.*\|>|<0x[0-9A-F]{2}>)$/;

/**
 * Makes a tokenizer of the contents of `tokenizer.json` and `tokenizer_config.json`; `{}` where
 * there is no such config.
 *
 * @param file Name of the former, for messages.
 * @throws {@link PtlError} `FILE_INVALID` if they do not describe a WordPiece, BPE or Unigram tokenizer
 *   that gives the same ids here as in Python.
 */
export function createTokenizer(
  tokenizerJson: unknown,
  tokenizerConfig: unknown,
  file: string,
): Tokenizer {
  const parsed = parseTokenizerFile(tokenizerJson, file);
  const config = isRecord(tokenizerConfig) ? tokenizerConfig : {};
  const template = parseSpecialTemplate(parsed.postProcessor, file);
  const special = findSpecialTokens(parsed, config, file);
  const { encode: tokenize, normalize } = createEncoder(parsed.json, config, file);
  let tokenizeWord: ((word: string) => number[]) | undefined;
  let locate: ((text: string) => LocatedTokens) | undefined;
  const ids = new Map([...parsed.vocabulary].map(([token, id]) => [id, token]));

  return {
    special,
    vocabularySize: [...ids.keys()].reduce((highest, id) => Math.max(highest, id), -1) + 1,
    tokenize,
    tokenizeWords: (words) => {
      tokenizeWord ??= createEncoder(withPrefixSpace(parsed.json), config, file).encode;
      return words.map(tokenizeWord);
    },
    locate: (text) => {
      const { unk: unknown } = special;
      const tokenOf = (id: number) => ids.get(id);
      locate ??= createLocator({ file: parsed, encode: tokenize, normalize, tokenOf, unknown });
      return locate(text);
    },
    assemble: (first, second) => fillTemplate(template, first, second),
    specialCount: (pair) => fillTemplate(template, [], pair ? [] : undefined).inputIds.length,
    frequentTokens: (count) => ordinaryTokens(parsed).slice(0, count),
    idToToken: (id) => ids.get(id),
  };
}

interface TokenEncoder {
  encode(text: string): number[];
  /** What the normalizer makes of a text; the text where there is none. */
  normalize(text: string): string;
}

function createEncoder(
  json: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
  file: string,
): TokenEncoder {
  try {
    const library = new Library(withExactDigits(json), config);
    correctNormalizer(library.normalizer, json['normalizer']);
    const { normalizer } = json;
    const correct = correctorFor(normalizer);
    const encode = (text: string) =>
      library.encode(correct(text), { add_special_tokens: false }).ids;
    // Some faults of a file show only when text goes through it.
    encode('A probe, 1 text!');
    const normalize = (text: string) => library.normalizer?.normalize(correct(text)) ?? text;
    return { encode, normalize };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidTokenizer(file, reason, error);
  }
}

function ordinaryTokens({ vocabulary, addedTokens, kind }: TokenizerFile): number[] {
  const added = new Set(addedTokens.map(({ id }) => id));
  const isLetter = (token: string) => kind === 'WordPiece' && Array.from(token).length === 1;
  const ordinary = [...vocabulary].filter(
    ([token, id]) => !added.has(id) && !unused.test(token) && !isLetter(token),
  );
  return ordinary.map(([, id]) => id).sort((one, other) => one - other);
}
