import { type CsvRecord, csvRecords } from './csv-records.ts';
import { type ChosenFields, type FieldName, findField, namesOf } from './field-names.ts';
import { invalidFile } from './invalid-file.ts';
import { type FormatOptions, type ParsedRows, unnamedFile } from './parsed-rows.ts';
import { readRow } from './read-row.ts';
import { RowFields } from './row-fields.ts';
import type { RowKind, RowOfKind } from './row-kind.ts';

/** Kinds of row whose fields fit in cells. */
export type DelimitedKind = Exclude<RowKind, 'tags'>;

export interface DelimitedOptions extends FormatOptions {
  /** A comma, the default, with quotes as RFC 4180 has them; or a tab, behind which quotes are text. */
  readonly delimiter?: ',' | '\t' | undefined;
  /** The columns' names, for a file without a header. */
  readonly columns?: readonly string[] | undefined;
  /** Names of columns that are not among those that PTL looks for. */
  readonly fields?: ChosenFields | undefined;
}

/** Columns without which there is no row. */
const required: Readonly<Record<DelimitedKind, readonly FieldName[]>> = {
  classification: ['text', 'label'],
  regression: ['text', 'value'],
  'multi-label': ['text', 'labels'],
  choice: ['text', 'label'],
  'word-in-context': ['text', 'textPair', 'label', 'start', 'end', 'startPair', 'endPair'],
};

/** Columns whose cells are taken as they are; others are trimmed. */
const verbatim: readonly FieldName[] = ['text', 'textPair'];

/**
 * Parses comma- or tab-separated values with a header that names the fields of a kind of row.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 */
export function parseDelimited<Kind extends DelimitedKind>(
  text: string,
  kind: Kind,
  options: DelimitedOptions = {},
): ParsedRows<RowOfKind[Kind]> {
  const { file = unnamedFile, delimiter = ',', columns, fields } = options;
  const read = csvRecords(text, file, delimiter);
  const header = columns ? { cells: columns, line: 1 } : read[0];
  const names = header?.cells ?? [];
  for (const field of required[kind]) {
    if (findField(names, field, kind, fields) !== undefined) continue;
    const known = fields?.[field] ?? namesOf(field, kind).join(', ');
    const reason = `The header has no ${field} column (${known}). Got: ${names.join(', ')}`;
    throw invalidFile(file, reason, header?.line);
  }
  const asIs = new Set(verbatim.map((field) => findField(names, field, kind, fields)));
  const records = columns ? read : read.slice(1);
  const rows = records.map(({ cells, line }): RowOfKind[Kind] => {
    const fail = (reason: string, cause?: unknown) => invalidFile(file, reason, line, cause);
    if (cells.length > names.length) {
      throw fail(`The row has ${cells.length} cells and the header ${names.length}`);
    }
    const values = toValues(names, cells, asIs);
    return readRow(new RowFields({ values, fail, present: '' }, kind, fields), kind);
  });
  return { rows, lines: records.map(({ line }) => line) };
}

function toValues(
  names: readonly string[],
  cells: CsvRecord['cells'],
  asIs: ReadonlySet<string | undefined>,
): ReadonlyMap<string, string> {
  return new Map(
    names.map((name, column) => {
      const cell = cells[column] ?? '';
      return [name, asIs.has(name) ? cell : cell.trim()];
    }),
  );
}
