import { PtlError } from '../contract/errors.ts';
import { unigramFault, unigramVocabulary } from './unigram-model.ts';

/** The parts of a `tokenizer.json` that PTL reads itself, checked. */
export interface TokenizerFile {
  readonly kind: 'WordPiece' | 'BPE' | 'Unigram';
  /** Ids by token, added tokens included. */
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly addedTokens: readonly AddedToken[];
  readonly postProcessor: unknown;
  /** The whole, without its truncation and padding. */
  readonly json: Readonly<Record<string, unknown>>;
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
}

/** Far beyond any vocabulary; a hostile id must not size an array. */
const maximumId = 10_000_000;

/**
 * Checks what a `tokenizer.json` holds.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with what is wrong.
 */
export function parseTokenizerFile(value: unknown, file: string): TokenizerFile {
  if (!isRecord(value)) throw invalidTokenizer(file, 'it is not an object');
  const { model, added_tokens: added = [], post_processor: postProcessor = null } = value;
  if (!isRecord(model)) throw invalidTokenizer(file, 'it has no object "model"');
  const { vocab } = model;
  const kind = kindOf(model, file);
  const addedTokens = parseAddedTokens(added, file);
  const vocabulary = parseVocabulary(kind === 'Unigram' ? unigramVocabulary(vocab) : vocab, file);
  const fault = kind === 'Unigram' ? unigramFault(model) : undefined;
  if (fault !== undefined) throw invalidTokenizer(file, fault);
  for (const { id, content } of addedTokens) vocabulary.set(content, id);
  return {
    kind,
    vocabulary,
    addedTokens,
    postProcessor,
    json: {
      ...absent,
      ...value,
      model: { ...model, type: kind },
      added_tokens: addedTokens,
      truncation: null,
      padding: null,
    },
  };
}

export function invalidTokenizer(
  file: string,
  reason: string,
  cause?: unknown,
): PtlError<'FILE_INVALID'> {
  const message = `"${file}" is no tokenizer that PTL can use: ${reason}.`;
  return new PtlError('FILE_INVALID', message, { file, reason }, { cause });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parts that a file may leave out and the library wants to see. */
const absent = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };

/** Old files do not name the type; only BPE has merges, and only Unigram a list of tokens. */
function kindOf(model: Readonly<Record<string, unknown>>, file: string): TokenizerFile['kind'] {
  const untyped = Array.isArray(model['vocab']) ? 'Unigram' : 'WordPiece';
  const { type = 'merges' in model ? 'BPE' : untyped } = model;
  if (type === 'WordPiece' || type === 'BPE' || type === 'Unigram') return type;
  const found = JSON.stringify(type);
  const allowed = '"WordPiece", "BPE", "Unigram"';
  throw invalidTokenizer(file, `its model has type ${found}; allowed: ${allowed}`);
}

function parseVocabulary(value: unknown, file: string): Map<string, number> {
  if (!isRecord(value)) throw invalidTokenizer(file, 'its model has no object "vocab"');
  const vocabulary = new Map<string, number>();
  for (const [token, id] of Object.entries(value)) {
    if (!isId(id)) throw invalidTokenizer(file, wrongId(token, id));
    vocabulary.set(token, id);
  }
  if (vocabulary.size === 0) throw invalidTokenizer(file, 'its vocabulary is empty');
  return vocabulary;
}

function parseAddedTokens(value: unknown, file: string): AddedToken[] {
  if (!Array.isArray(value)) throw invalidTokenizer(file, 'its "added_tokens" are no list');
  return value.map((token: unknown) => {
    if (!isRecord(token)) throw invalidTokenizer(file, 'an added token is no object');
    const { id, content } = token;
    if (typeof content !== 'string' || content === '') {
      throw invalidTokenizer(file, `an added token has the content ${JSON.stringify(content)}`);
    }
    if (!isId(id)) throw invalidTokenizer(file, wrongId(content, id));
    return { ...token, id, content };
  });
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maximumId;
}

function wrongId(token: string, id: unknown): string {
  const allowed = `an integer within [0, ${maximumId}]`;
  return `the token ${JSON.stringify(token)} has the id ${JSON.stringify(id)}; allowed: ${allowed}`;
}
