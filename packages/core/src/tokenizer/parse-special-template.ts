import {
  type SpecialTemplate,
  sequencePiece,
  specialPiece,
  type TemplatePiece,
} from './special-template.ts';
import { invalidTokenizer, isRecord } from './tokenizer-file.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads one type of end step. */
type Reader = (fields: Fields, file: string) => SpecialTemplate;

const bare: SpecialTemplate = {
  single: [sequencePiece('A', 0)],
  pair: [sequencePiece('A', 0), sequencePiece('B', 1)],
};

/** By the `type` that a `tokenizer.json` names. */
const readers: Readonly<Record<string, Reader>> = {
  BertProcessing: readBert,
  /** It moves offsets only. */
  ByteLevel: () => bare,
  RobertaProcessing: readRoberta,
  Sequence: readSequence,
  TemplateProcessing: readWritten,
};

/**
 * Reads the end step of a `tokenizer.json`, its `post_processor`.
 *
 * @throws {@link PtlError} `FILE_INVALID` for one that is malformed or of an unknown type.
 */
export function parseSpecialTemplate(processor: unknown, file: string): SpecialTemplate {
  if (processor === null) return bare;
  const fields = isRecord(processor) ? processor : {};
  const { type } = fields;
  if (typeof type === 'string' && Object.hasOwn(readers, type)) {
    return readers[type]?.(fields, file) ?? bare;
  }
  const reason = `its post_processor has type ${JSON.stringify(type) ?? 'none'}`;
  throw invalidTokenizer(file, `${reason}; allowed: ${Object.keys(readers).join(', ')}`);
}

function readBert(fields: Fields, file: string): SpecialTemplate {
  const [cls, sep] = [readId(fields, 'cls', file), readId(fields, 'sep', file)];
  const single = [specialPiece([cls], 0), sequencePiece('A', 0), specialPiece([sep], 0)];
  return { single, pair: [...single, sequencePiece('B', 1), specialPiece([sep], 1)] };
}

function readRoberta(fields: Fields, file: string): SpecialTemplate {
  const [cls, sep] = [readId(fields, 'cls', file), readId(fields, 'sep', file)];
  const single = [specialPiece([cls], 0), sequencePiece('A', 0), specialPiece([sep], 0)];
  // Two separators between the texts, and one token type for all.
  const second = [specialPiece([sep], 0), sequencePiece('B', 0), specialPiece([sep], 0)];
  return { single, pair: [...single, ...second] };
}

/** The id in a pair such as `["[CLS]", 101]`. */
function readId(fields: Fields, name: string, file: string): number {
  const pair = fields[name];
  const id: unknown = Array.isArray(pair) ? pair[1] : undefined;
  if (isCount(id)) return id;
  throw invalidTokenizer(file, `its post_processor has no pair of token and id "${name}"`);
}

/** Steps one after the other, of which one at most adds tokens. */
function readSequence({ processors }: Fields, file: string): SpecialTemplate {
  if (!Array.isArray(processors)) throw invalidTokenizer(file, 'its post_processor has no list');
  const templates = processors.map((processor: unknown) => parseSpecialTemplate(processor, file));
  const adding = templates.filter((template) => template !== bare);
  if (adding.length <= 1) return adding[0] ?? bare;
  throw invalidTokenizer(file, 'its post_processor adds special tokens more than once');
}

function readWritten(fields: Fields, file: string): SpecialTemplate {
  const { single, pair, special_tokens: tokens } = fields;
  const known = isRecord(tokens) ? tokens : {};
  return {
    single: readPieces(single, 'A', known, file),
    pair: readPieces(pair, 'AB', known, file),
  };
}

/** @param texts The texts that have to occur, once each. */
function readPieces(value: unknown, texts: string, known: Fields, file: string): TemplatePiece[] {
  if (!Array.isArray(value)) throw invalidTokenizer(file, 'its template is no list');
  const pieces = value.map((piece: unknown) => readPiece(piece, known, file));
  const found = pieces.flatMap((piece) => (piece.kind === 'sequence' ? [piece.which] : []));
  if (found.sort().join('') === texts) return pieces;
  const reason = `its template has the texts "${found.join('')}" where "${texts}" has to be`;
  throw invalidTokenizer(file, reason);
}

function readPiece(piece: unknown, known: Fields, file: string): TemplatePiece {
  const { Sequence: text, SpecialToken: token } = isRecord(piece) ? piece : {};
  const read = isRecord(text) ? readText(text) : isRecord(token) && readToken(token, known);
  if (read) return read;
  throw invalidTokenizer(file, `a piece of its template is ${JSON.stringify(piece)}`);
}

function readText({ id, type_id: type }: Fields): TemplatePiece | undefined {
  return (id === 'A' || id === 'B') && isCount(type) ? sequencePiece(id, type) : undefined;
}

function readToken({ id, type_id: type }: Fields, known: Fields): TemplatePiece | undefined {
  const token = known[String(id)];
  const { ids } = isRecord(token) ? token : {};
  if (!Array.isArray(ids) || !ids.every(isCount) || !isCount(type)) return undefined;
  return specialPiece(ids, type);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
