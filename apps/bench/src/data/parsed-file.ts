import type { ParsedRows as RowsOf, TaggedRow, TextRow } from '@ptl/core';

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

/** Rows with the lines that they start at. */
export function locate<Row>({ rows, lines }: RowsOf<Row>): Located<Row>[] {
  return rows.map((row, index) => ({ row, line: lines[index] ?? 0 }));
}
