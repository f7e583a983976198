import { type CsvError, parse } from 'csv-parse/browser/esm/sync';
import { invalidFile } from './invalid-file.ts';
import { toLines } from './text-lines.ts';

/** A record and the line at which it starts, counted from 1. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/**
 * Splits delimited values into cells. Commas come with quotes, as RFC 4180 has it; behind tabs quotes
 * belong to the text.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 */
export function csvRecords(text: string, file: string, delimiter: ',' | '\t'): CsvRecord[] {
  const records: CsvRecord[] = [];
  try {
    parse(text, {
      bom: true,
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
