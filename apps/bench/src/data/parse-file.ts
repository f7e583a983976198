import { extname } from 'node:path';
import type { ConllColumns } from './conll-columns.ts';
import { parseConll } from './parse-conll.ts';
import { parseDelimited } from './parse-delimited.ts';
import { parseJsonLines } from './parse-json-lines.ts';
import type { ParsedRows } from './parsed-file.ts';

type Parse = (text: string, file: string, columns: ConllColumns) => ParsedRows;

const parsers: Readonly<Record<string, Parse>> = {
  '.jsonl': parseJsonLines,
  '.ndjson': parseJsonLines,
  '.csv': (text, file) => parseDelimited(text, file, ','),
  '.tsv': (text, file) => parseDelimited(text, file, '\t'),
  '.conll': parseConll,
  '.iob': parseConll,
  '.iob2': parseConll,
  '.bio': parseConll,
  '.txt': parseConll,
};

/** Extensions of the files that {@link parserOf} knows. */
export const extensions: readonly string[] = Object.keys(parsers);

/** The parser for a file's extension, if there is one. */
export function parserOf(file: string): Parse | undefined {
  return parsers[extname(file).toLowerCase()];
}
