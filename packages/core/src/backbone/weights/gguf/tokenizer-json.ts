import type { GgufFile } from './gguf-file.ts';
import { quote } from './gguf-flaw.ts';
import { GgufMetadata } from './gguf-metadata.ts';
import { preTokenizations } from './pre-tokenizers.ts';

/** What `createTokenizer` takes: the contents of `tokenizer.json` and `tokenizer_config.json`. */
export interface TokenizerParts {
  readonly json: unknown;
  readonly settings: Readonly<Record<string, string>>;
}

/** Types of tokens, by the numbers that the format has for them. */
const control = 3;
const userDefined = 4;
const unusedToken = 5;

const roles = ['bos', 'eos', 'unknown', 'padding'] as const;

/**
 * Writes the byte-level tokenizer in a GGUF file's metadata as Hugging Face would.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` for another kind of tokenizer, a way to cut texts
 *   that PTL does not know, or metadata that contradict each other.
 */
export function readTokenizer(file: GgufFile): TokenizerParts {
  const metadata = new GgufMetadata(file);
  metadata.oneOf('tokenizer.ggml.model', ['gpt2']);
  metadata.require('tokenizer.ggml.add_space_prefix', false);
  const way = metadata.oneOf('tokenizer.ggml.pre', Object.keys(preTokenizations));
  const cut = preTokenizations[way];
  const tokens = readTokens(metadata);
  const special = readRoles(metadata, tokens);
  const ends = {
    bos: metadata.boolean('tokenizer.ggml.add_bos_token', cut?.addsBos ?? false),
    eos: metadata.boolean('tokenizer.ggml.add_eos_token', false),
  };
  const added = tokens.filter(({ type }) => type === control || type === userDefined);
  const json = {
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map(({ content, id }) => [content, id])),
      merges: readMerges(metadata),
      unk_token: null,
      byte_fallback: false,
      ignore_merges: cut?.ignoresMerges ?? false,
    },
    added_tokens: added.map(({ content, id, type }) => ({
      ...{ content, id, special: type === control },
      ...{ normalized: false, single_word: false, lstrip: false, rstrip: false },
    })),
    normalizer: cut?.normalizer ?? null,
    pre_tokenizer: cut?.preTokenizer,
    post_processor: endStep(
      ends.bos ? required(metadata, special, 'bos') : undefined,
      ends.eos ? required(metadata, special, 'eos') : undefined,
    ),
    decoder: { type: 'ByteLevel' },
  };
  return { json, settings: settingsOf(special) };
}

interface Token {
  readonly content: string;
  readonly id: number;
  readonly type: number;
}

type SpecialRoles = { readonly [Role in (typeof roles)[number]]?: Token };

/** All tokens but those that only fill a vocabulary up. */
function readTokens(metadata: GgufMetadata): Token[] {
  const contents = metadata.strings('tokenizer.ggml.tokens');
  const types = metadata.numbers('tokenizer.ggml.token_type');
  if (types.length > 0 && types.length !== contents.length) {
    throw metadata.unsupported(`tokenizer has ${contents.length} tokens and ${types.length} types`);
  }
  const tokens = contents.map((content, id) => ({ content, id, type: types[id] ?? 1 }));
  return tokens.filter(({ type, content }) => type !== unusedToken && content !== '');
}

/** Pairs, which may hold spaces themselves only in a file that is broken. */
function readMerges(metadata: GgufMetadata): [string, string][] {
  return metadata.strings('tokenizer.ggml.merges').map((merge) => {
    const [first = '', second = '', ...more] = merge.split(' ');
    if (first !== '' && second !== '' && more.length === 0) return [first, second];
    throw metadata.unsupported(`tokenizer has the merge ${quote(merge)}; allowed: two tokens`);
  });
}

function readRoles(metadata: GgufMetadata, tokens: readonly Token[]): SpecialRoles {
  const byId = new Map(tokens.map((token) => [token.id, token]));
  const found = roles.flatMap((role): [string, Token][] => {
    const key = `tokenizer.ggml.${role}_token_id`;
    if (!metadata.has(key)) return [];
    const token = byId.get(metadata.size(key, undefined, 0));
    if (token) return [[role, token]];
    throw metadata.unsupported(`${key} is ${metadata.number(key)}, which is no token`);
  });
  return Object.fromEntries(found);
}

function required(metadata: GgufMetadata, special: SpecialRoles, role: 'bos' | 'eos'): Token {
  const token = special[role];
  if (token) return token;
  throw metadata.unsupported(`tokenizer adds a ${role} token but names none`);
}

/** The `post_processor` that puts these tokens around each text; null for none. */
function endStep(bos: Token | undefined, eos: Token | undefined): object | null {
  const around = [bos, eos].filter((token) => token !== undefined);
  if (around.length === 0) return null;
  const piece = (token: Token | undefined, type: number) =>
    token ? [{ SpecialToken: { id: token.content, type_id: type } }] : [];
  const text = (id: 'A' | 'B', type: number) => [
    ...piece(bos, type),
    { Sequence: { id, type_id: type } },
    ...piece(eos, type),
  ];
  const described = around.map(({ content, id }): [string, object] => [
    content,
    { id: content, ids: [id], tokens: [content] },
  ]);
  return {
    type: 'TemplateProcessing',
    single: text('A', 0),
    pair: [...text('A', 0), ...text('B', 1)],
    special_tokens: Object.fromEntries(described),
  };
}

function settingsOf({ bos, eos, unknown, padding = eos }: SpecialRoles): Record<string, string> {
  const named = { bos_token: bos, eos_token: eos, unk_token: unknown, pad_token: padding };
  return Object.fromEntries(
    Object.entries(named).flatMap(([key, token]) => (token ? [[key, token.content]] : [])),
  );
}
