import type { ChosenFields } from './field-names.ts';
import { readObjectLines } from './json-object-lines.ts';
import { type FormatOptions, type ParsedRows, unnamedFile } from './parsed-rows.ts';
import { readRow } from './read-row.ts';
import { RowFields } from './row-fields.ts';
import type { RowKind, RowOfKind } from './row-kind.ts';

export interface JsonLinesOptions extends FormatOptions {
  /** Names of fields that are not among those that PTL looks for. */
  readonly fields?: ChosenFields | undefined;
}

/**
 * Parses JSON lines: an object a line, with the fields of a kind of row, such as `{"text", "label"}`,
 * `{"sentence1", "sentence2", "score"}` or `{"tokens", "tags"}`. Blank lines are skipped. Labels may be
 * numbers or truth values.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 */
export function parseJsonLines<Kind extends RowKind>(
  text: string,
  kind: Kind,
  { file = unnamedFile, fields }: JsonLinesOptions = {},
): ParsedRows<RowOfKind[Kind]> {
  return readObjectLines(text, file, (values, fail) => {
    const present = `. Its fields: ${[...values.keys()].join(', ') || 'none'}`;
    return readRow(new RowFields({ values, fail, present }, kind, fields), kind);
  });
}
