import { extname } from 'node:path';
import {
  type ConllColumns,
  guessRowKind,
  invalidFile,
  parseConll,
  parseDelimited,
  parseJsonLines,
} from '@ptl/core';
import { locate, type ParsedRows } from './parsed-file.ts';

type Parse = (text: string, file: string, columns: ConllColumns) => ParsedRows;

const parsers: Readonly<Record<string, Parse>> = {
  '.jsonl': parseJson,
  '.ndjson': parseJson,
  '.csv': (text, file) => parseCells(text, file, ','),
  '.tsv': (text, file) => parseCells(text, file, '\t'),
  '.conll': parseColumns,
  '.iob': parseColumns,
  '.iob2': parseColumns,
  '.bio': parseColumns,
  '.txt': parseColumns,
};

/** Extensions of the files that {@link parserOf} knows. */
export const extensions: readonly string[] = Object.keys(parsers);

/** The parser for a file's extension, if there is one. */
export function parserOf(file: string): Parse | undefined {
  return parsers[extname(file).toLowerCase()];
}

/** The first row tells whether the rows are texts or words. */
function parseJson(text: string, file: string): ParsedRows {
  const [first] = /^.*\S.*$/m.exec(text) ?? [];
  const names = first === undefined ? [] : namesIn(first);
  requireComparable(names, file);
  if (guessRowKind(names) === 'tags') {
    const rows = locate(parseJsonLines(text, 'tags', { file }));
    return { kind: 'token-classification', rows };
  }
  const rows = locate(parseJsonLines(text, 'classification', { file }));
  return { kind: 'sequence-classification', rows };
}

/**
 * Rows to choose in, or with marked words, have labels too, but their labels are no classes of texts.
 *
 * @throws {@link PtlError} `FILE_INVALID` for rows that are of such a kind by the names of their fields.
 */
function requireComparable(names: readonly string[], file: string): void {
  const kind = guessRowKind(names);
  if (kind !== 'choice' && kind !== 'word-in-context') return;
  const reason = `The rows are of the kind ${kind} by their fields (${names.join(', ')}). The bench compares methods on classes of texts and on tags`;
  throw invalidFile(file, reason, 1);
}

/** None where the line is no object, which parsing says better. */
function namesIn(line: string): string[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

/** The header tells as the fields of a JSON object do. */
function parseCells(text: string, file: string, delimiter: ',' | '\t'): ParsedRows {
  const [header = ''] = /^.*\S.*$/m.exec(text) ?? [];
  requireComparable(header.split(delimiter), file);
  const rows = locate(parseDelimited(text, 'classification', { file, delimiter }));
  return { kind: 'sequence-classification', rows };
}

function parseColumns(text: string, file: string, columns: ConllColumns): ParsedRows {
  return { kind: 'token-classification', rows: locate(parseConll(text, { file, columns })) };
}
