import { type ChosenFields, type FieldName, findField } from './field-names.ts';
import type { FailRow } from './parsed-rows.ts';
import type { RowKind } from './row-kind.ts';

/** How a format speaks of its rows. */
export interface RowSource {
  readonly values: ReadonlyMap<string, unknown>;
  readonly fail: FailRow;
  /** What is said behind the name of a field that is missing, such as which ones there are. */
  readonly present: string;
}

/** The fields of a row, found by what they are. */
export class RowFields {
  readonly #source: RowSource;
  readonly #kind: RowKind;
  readonly #chosen: ChosenFields;

  constructor(source: RowSource, kind: RowKind, chosen: ChosenFields = {}) {
    this.#source = source;
    this.#kind = kind;
    this.#chosen = chosen;
  }

  /** Undefined where the row has no such field, or nothing in it. */
  value(field: FieldName): unknown {
    const names = [...this.#source.values.keys()];
    const name = findField(names, field, this.#kind, this.#chosen);
    return name === undefined ? undefined : this.#source.values.get(name);
  }

  /** The values of fields whose names are a word and a number, such as `choice1`, by their number. */
  numbered(words: readonly string[]): readonly unknown[] {
    const pattern = new RegExp(`^(?:${words.join('|')})[ _-]?(\\d+)$`, 'i');
    const found = [...this.#source.values].flatMap(([name, value]) => {
      const [, digits] = pattern.exec(name.trim()) ?? [];
      return digits === undefined ? [] : [{ number: Number(digits), value }];
    });
    return found.sort((one, other) => one.number - other.number).map(({ value }) => value);
  }

  fail(reason: string, cause?: unknown): Error {
    return this.#source.fail(reason, cause);
  }

  /** The error of a field that is not there. */
  missing(what: string): Error {
    return this.fail(`The row has no ${what}${this.#source.present}`);
  }

  /** @throws Error if there is no text in the field. */
  text(field: FieldName, what: string): string {
    const value = this.value(field);
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw this.missing(what);
  }

  /** @throws Error if there is something that is no text. */
  optionalText(field: FieldName, what: string): string | undefined {
    const value = this.value(field);
    if (value === undefined || typeof value === 'string') return value;
    throw this.fail(`The ${what} must be a string. Got ${JSON.stringify(value)}`);
  }

  /** A name that may be a number or a truth value; undefined where there is none. */
  name(field: FieldName): string | undefined {
    return toName(this.value(field));
  }

  /** @throws Error unless the field holds a finite number, as such or as a text. */
  number(field: FieldName, what: string): number {
    const value = this.value(field);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    if (value === undefined || value === '') throw this.missing(what);
    throw this.fail(`The ${what} must be a number. Got ${JSON.stringify(value)}`);
  }
}

/** A name of a class: a text that says something, a number or a truth value. */
export function toName(value: unknown): string | undefined {
  const isNamed = typeof value === 'string' && value.trim() !== '';
  if (isNamed || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}
