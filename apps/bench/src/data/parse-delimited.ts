import { type CsvError, parse } from 'csv-parse/sync';
import type { TextRow } from './data-set.ts';
import { fieldNames, findField } from './field-names.ts';
import { invalidFile } from './invalid-file.ts';
import { type Located, type ParsedRows, toLines } from './parsed-file.ts';

interface Cells {
  readonly cells: readonly string[];
  readonly line: number;
}

/**
 * Parses CSV or TSV with a header that names a text, a label and maybe a second text.
 *
 * CSV is quoted as RFC 4180 has it. TSV knows no quotes: they belong to the text.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 */
export function parseDelimited(text: string, file: string, delimiter: ',' | '\t'): ParsedRows {
  const [header, ...records] = parseCells(text, file, delimiter);
  const names = header?.cells ?? [];
  const columns = {
    text: columnOf(names, 'text'),
    textPair: columnOf(names, 'textPair'),
    label: columnOf(names, 'label'),
  };
  for (const field of ['text', 'label'] as const) {
    if (columns[field] >= 0) continue;
    const reason = `The header has no ${field} column (${fieldNames[field].join(', ')}). Got: ${names.join(', ')}`;
    throw invalidFile(file, reason, header?.line);
  }
  const rows = records.map(({ cells, line }): Located<TextRow> => {
    const at = (column: number) => cells[column] ?? '';
    const label = at(columns.label).trim();
    if (cells.length > names.length) {
      const reason = `The row has ${cells.length} cells and the header ${names.length}`;
      throw invalidFile(file, reason, line);
    }
    if (at(columns.text).trim() === '') throw invalidFile(file, 'The row has no text', line);
    if (label === '') throw invalidFile(file, 'The row has no label', line);
    const textPair = columns.textPair < 0 ? {} : { textPair: at(columns.textPair) };
    return { row: { text: at(columns.text), ...textPair, label }, line };
  });
  return { kind: 'sequence-classification', rows };
}

function columnOf(names: readonly string[], field: 'text' | 'textPair' | 'label'): number {
  const name = findField(names, field);
  return name === undefined ? -1 : names.indexOf(name);
}

function parseCells(text: string, file: string, delimiter: ',' | '\t'): Cells[] {
  const records: Cells[] = [];
  try {
    parse(text, {
      delimiter,
      quote: delimiter === ',' ? '"' : null,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells, { lines }) => {
        // `lines` is where the record ends; its cells know how far up it starts.
        records.push({ cells, line: lines - toLines(cells.join('')).length + 1 });
        return null;
      },
    });
  } catch (error) {
    if (isCsvError(error)) throw invalidFile(file, error.message, error.lines, error);
    throw error;
  }
  return records;
}

function isCsvError(error: unknown): error is CsvError & { readonly lines: number } {
  return error instanceof Error && 'lines' in error && typeof error.lines === 'number';
}
