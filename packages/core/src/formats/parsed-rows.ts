/** The rows of a file. */
export interface ParsedRows<Row> {
  readonly rows: readonly Row[];
  /** The line that each of them starts at, counted from 1. */
  readonly lines: readonly number[];
}

export interface FormatOptions {
  /** What messages call the file. `input` if absent. */
  readonly file?: string | undefined;
}

/** What messages call a text of no file. */
export const unnamedFile = 'input';

/** Makes the error of a row. `reason` is a clause without a full stop. */
export type FailRow = (reason: string, cause?: unknown) => Error;
