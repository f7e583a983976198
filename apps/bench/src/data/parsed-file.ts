import type { TaggedRow, TextRow } from './data-set.ts';

/** A row and the line of its file at which it starts, counted from 1. */
export interface Located<Row> {
  readonly row: Row;
  readonly line: number;
}

/** The rows of a file, all of one kind. */
export type ParsedRows =
  | { readonly kind: 'sequence-classification'; readonly rows: readonly Located<TextRow>[] }
  | { readonly kind: 'token-classification'; readonly rows: readonly Located<TaggedRow>[] };

export type ParsedFile = ParsedRows & { readonly file: string; readonly notes: readonly string[] };

/** The lines of a text, whichever way they end. */
export function toLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}
