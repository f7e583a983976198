import type { TaggedRow } from '../task/token-classification.ts';
import { type ColumnIndices, type ConllColumns, findColumns } from './conll-columns.ts';
import { invalidFile } from './invalid-file.ts';
import { type FormatOptions, type ParsedRows, unnamedFile } from './parsed-rows.ts';
import { isSchemeTag } from './scheme-tag.ts';
import { toLines } from './text-lines.ts';

export interface ConllOptions extends FormatOptions {
  /** Which columns to read; found out where absent. */
  readonly columns?: ConllColumns | undefined;
}

interface Line {
  readonly columns: readonly string[];
  readonly tabbed: boolean;
  readonly line: number;
}

/**
 * Parses CoNLL columns: a token a line, separated by tabs or spaces, and a blank line between
 * sentences. `-DOCSTART-` lines and comments are skipped; tags stay as they are.
 *
 * A line that starts with `#` is a token only if it has the columns of one.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 */
export function parseConll(
  text: string,
  { file = unnamedFile, columns = {} }: ConllOptions = {},
): ParsedRows<TaggedRow> {
  const sentences = splitSentences(text);
  const certain = sentences.map((lines) =>
    lines.map(({ columns }) => columns).filter(([first]) => !first?.startsWith('#')),
  );
  const indices = findColumns(certain, columns);
  const tokens = sentences
    .map((lines) => lines.filter((line) => !isComment(line, indices)))
    .filter((lines) => lines.length > 0);
  return {
    rows: tokens.map((lines) => toRow(lines, indices, file)),
    lines: tokens.map(([first]) => first?.line ?? 0),
  };
}

function splitSentences(text: string): Line[][] {
  const sentences: Line[][] = [[]];
  for (const [index, content] of toLines(text).entries()) {
    const tabbed = content.trim().includes('\t');
    // Only tabs and spaces separate: a no-break space can be a token.
    const columns = content.trimEnd().split(tabbed ? /\t+/ : /[ \t]+/);
    if (content.trim() === '' || columns.includes('-DOCSTART-')) sentences.push([]);
    else sentences.at(-1)?.push({ columns, tabbed, line: index + 1 });
  }
  return sentences.filter((lines) => lines.length > 0);
}

function isComment({ columns, tabbed }: Line, { width, tag }: ColumnIndices): boolean {
  if (!columns[0]?.startsWith('#')) return false;
  return columns.length !== width || !(tabbed || isSchemeTag(columns[tag] ?? ''));
}

function toRow(lines: readonly Line[], indices: ColumnIndices, file: string): TaggedRow {
  const pairs = lines.map(({ columns, line }) => {
    const token = columns[indices.token];
    const tag = columns[indices.tag];
    if (token && tag && indices.token !== indices.tag) return { token, tag };
    const reason = `The line has no ${token ? 'tag' : 'token'}: "${columns.join(' ')}"`;
    throw invalidFile(file, reason, line);
  });
  return { tokens: pairs.map(({ token }) => token), tags: pairs.map(({ tag }) => tag) };
}
