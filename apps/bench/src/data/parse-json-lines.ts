import type { TaggedRow, TextRow } from './data-set.ts';
import { findField } from './field-names.ts';
import { invalidFile } from './invalid-file.ts';
import { type Located, type ParsedRows, toLines } from './parsed-file.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses JSONL: one object a line, `{"text","label"}`, `{"text","text_pair","label"}` or
 * `{"tokens","tags"}`. Labels may be numbers or booleans.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 */
export function parseJsonLines(text: string, file: string): ParsedRows {
  const texts: Located<TextRow>[] = [];
  const tagged: Located<TaggedRow>[] = [];
  for (const [index, content] of toLines(text).entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    const fail = (reason: string, cause?: unknown) => invalidFile(file, reason, line, cause);
    const fields = parseObject(content, fail);
    if (findField(Object.keys(fields), 'tokens') === undefined) {
      texts.push({ row: toTextRow(fields, fail), line });
    } else {
      tagged.push({ row: toTaggedRow(fields, fail), line });
    }
    if (texts.length > 0 && tagged.length > 0) {
      throw fail('The file mixes rows with texts and rows with tokens');
    }
  }
  if (tagged.length > 0) return { kind: 'token-classification', rows: tagged };
  return { kind: 'sequence-classification', rows: texts };
}

type Fail = (reason: string, cause?: unknown) => Error;

function parseObject(content: string, fail: Fail): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw fail(`The line is not JSON: ${error instanceof Error ? error.message : error}`, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail('The line is not a JSON object');
  }
  // An object's fields are all that a cast to a record of unknown claims.
  return value as JsonObject;
}

function toTextRow(fields: JsonObject, fail: Fail): TextRow {
  const text = fieldOf(fields, 'text');
  const textPair = fieldOf(fields, 'textPair');
  const label = fieldOf(fields, 'label');
  if (typeof text !== 'string' || text.trim() === '') {
    throw fail(`The row has no text. Its fields: ${Object.keys(fields).join(', ') || 'none'}`);
  }
  if (textPair !== undefined && typeof textPair !== 'string') {
    throw fail(`The second text must be a string. Got ${JSON.stringify(textPair)}`);
  }
  const named = toLabel(label);
  if (named === undefined) {
    throw fail(`The row has no label. Its fields: ${Object.keys(fields).join(', ')}`);
  }
  return { text, label: named, ...(textPair === undefined ? {} : { textPair }) };
}

function toLabel(value: unknown): string | undefined {
  const isNamed = typeof value === 'string' && value.trim() !== '';
  if (isNamed || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

function toTaggedRow(fields: JsonObject, fail: Fail): TaggedRow {
  const tokens = fieldOf(fields, 'tokens');
  const tags = fieldOf(fields, 'tags');
  if (!isStrings(tokens)) throw fail('The tokens must be a list of non-empty strings');
  if (tags === undefined) throw fail('The row has tokens but no tags');
  if (!isStrings(tags)) throw fail('The tags must be a list of non-empty strings');
  if (tokens.length === 0) throw fail('The row has no tokens');
  if (tokens.length !== tags.length) {
    throw fail(`There must be one tag for each of the ${tokens.length} tokens. Got ${tags.length}`);
  }
  return { tokens, tags };
}

function fieldOf(fields: JsonObject, field: Parameters<typeof findField>[1]): unknown {
  const name = findField(Object.keys(fields), field);
  return name === undefined ? undefined : fields[name];
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}
