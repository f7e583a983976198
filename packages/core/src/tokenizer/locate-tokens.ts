import { alignTokens, type TextSpan, type TextUnit } from './align-tokens.ts';
import { toByteAlphabet } from './byte-alphabet.ts';
import { isRecord, type TokenizerFile } from './tokenizer-file.ts';

/** The tokens of a text and where they stand in it. */
export interface LocatedTokens {
  readonly ids: readonly number[];
  /** One for each token, without white space around it; empty for a token of nothing else. */
  readonly spans: readonly TextSpan[];
}

export interface LocatorParts {
  readonly file: TokenizerFile;
  encode(text: string): number[];
  normalize(text: string): string;
  tokenOf(id: number): string | undefined;
  /** Id of the token for what the vocabulary lacks, where there is one. */
  readonly unknown: number | undefined;
}

/** A word with the white space before it, or white space at the end. */
const word = /\s*\S+|\s+$/g;
const codePoint = /./gsu;
/** A character with the marks that belong to it. */
const character = /\P{M}\p{M}*|\p{M}+/gsu;

/**
 * Makes a function that tokenizes a text and tells where its tokens come from: the JavaScript
 * library does not.
 *
 * Words are aligned one by one wherever they can be tokenized one by one, so that one with
 * characters that the tokenizer does not know leaves the others alone.
 */
export function createLocator(parts: LocatorParts): (text: string) => LocatedTokens {
  const { encode, tokenOf, unknown } = parts;
  const forms = formsOf(parts);
  const locate = (piece: string, offset: number): LocatedTokens => {
    const ids = encode(piece);
    const surfaces = ids.map((id) =>
      id === unknown ? undefined : forms.ofToken(tokenOf(id) ?? ''),
    );
    return { ids, spans: alignTokens(unitsOf(piece, offset, forms.ofText), surfaces) };
  };
  return (text) => {
    const words = Array.from(text.matchAll(word), (match) => locate(match[0], match.index));
    const all = encode(text);
    const ids = words.flatMap((located) => located.ids);
    const isSame = ids.length === all.length && ids.every((id, index) => id === all[index]);
    const { spans } = isSame
      ? { spans: words.flatMap((located) => located.spans) }
      : locate(text, 0);
    return { ids: all, spans: spans.map((span) => trim(span, text)) };
  };
}

/** How characters and tokens are written so that they can be compared. */
interface Forms {
  ofText(character: string): string;
  ofToken(token: string): string;
}

function formsOf({ file, normalize }: LocatorParts): Forms {
  const { json, kind } = file;
  if (isByteLevel(json['pre_tokenizer'])) {
    return {
      ofText: (character) => toByteAlphabet(normalize(character)),
      ofToken: (token) => token,
    };
  }
  const { model } = json;
  const { continuing_subword_prefix: inner = '##' } = isRecord(model) ? model : {};
  const mark = kind === 'WordPiece' ? String(inner) : '▁';
  return {
    ofText: (character) => normalize(character).replaceAll(/[\s▁]/g, ''),
    ofToken: (token) => token.replaceAll(mark, ''),
  };
}

function isByteLevel(preTokenizer: unknown): boolean {
  if (!isRecord(preTokenizer)) return false;
  const { type, pretokenizers } = preTokenizer;
  return type === 'ByteLevel' || (Array.isArray(pretokenizers) && pretokenizers.some(isByteLevel));
}

/** Code points, or characters with their marks where the tokenizer composes the two. */
function unitsOf(piece: string, offset: number, toForm: (text: string) => string): TextUnit[] {
  const split = (unit: RegExp): TextUnit[] =>
    Array.from(piece.matchAll(unit), ({ 0: text, index }) => {
      const start = offset + index;
      return { start, end: start + text.length, form: toForm(text) };
    });
  const units = split(codePoint);
  return units.map(({ form }) => form).join('') === toForm(piece) ? units : split(character);
}

function trim({ start, end }: TextSpan, text: string): TextSpan {
  const covered = text.slice(start, end);
  const from = start + covered.length - covered.trimStart().length;
  return { start: from, end: Math.max(from, start + covered.trimEnd().length) };
}
