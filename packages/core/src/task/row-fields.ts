import { invalidRow, type RowPlace } from './row-place.ts';

/** A row as it comes from outside: its fields may be anything. */
export interface RawRow {
  readonly prompt?: unknown;
  readonly text?: unknown;
  readonly textPair?: unknown;
  readonly label?: unknown;
  readonly labels?: unknown;
  readonly value?: unknown;
  readonly tokens?: unknown;
  readonly tags?: unknown;
  readonly target?: unknown;
  readonly question?: unknown;
  readonly context?: unknown;
  readonly object?: unknown;
  readonly answers?: unknown;
  readonly answerStart?: unknown;
  readonly choices?: unknown;
  readonly span?: unknown;
  readonly spanPair?: unknown;
}

/** @throws {@link PtlError} `ROW_INVALID` if the row is no object. */
export function requireRow(row: unknown, place: RowPlace): RawRow {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row;
  throw invalidRow(place, `a row must be an object. Got ${show(row)}`);
}

/** @throws {@link PtlError} `ROW_INVALID` if the field is missing or no string. */
export function requireString(row: RawRow, field: keyof RawRow, place: RowPlace): string {
  const value = requireField(row, field, place);
  if (typeof value === 'string') return value;
  throw invalidRow(place, `"${field}" must be a string. Got ${show(value)}`);
}

/** @throws {@link PtlError} `ROW_INVALID` if the field is missing or no finite number. */
export function requireNumber(row: RawRow, field: keyof RawRow, place: RowPlace): number {
  const value = requireField(row, field, place);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalidRow(place, `"${field}" must be a finite number. Got ${show(value)}`);
}

/** @throws {@link PtlError} `ROW_INVALID` if the field is missing or no array of strings. */
export function requireStrings(
  row: RawRow,
  field: keyof RawRow,
  place: RowPlace,
): readonly string[] {
  const value = requireField(row, field, place);
  if (!Array.isArray(value)) {
    throw invalidRow(place, `"${field}" must be an array of strings. Got ${show(value)}`);
  }
  const wrong = value.findIndex((item) => typeof item !== 'string');
  if (wrong < 0) return value;
  throw invalidRow(
    place,
    `"${field}" must hold strings. Its item ${wrong} is ${show(value[wrong])}`,
  );
}

function requireField(row: RawRow, field: keyof RawRow, place: RowPlace): unknown {
  const value = row[field];
  if (value !== undefined) return value;
  const present = Object.keys(row).join(', ') || 'none';
  throw invalidRow(place, `it has no "${field}". Its fields: ${present}`);
}

/** A value as JSON, shortened so that a message stays readable. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
