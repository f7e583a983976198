import { PtlError } from '../../../contract/errors.ts';
import type { GgufFile, GgufValue } from './gguf-file.ts';
import { quote } from './gguf-flaw.ts';

/** Reads a GGUF file's metadata, and refuses by name what PTL cannot honour. */
export class GgufMetadata {
  readonly #values: ReadonlyMap<string, GgufValue>;
  readonly #file: string;

  constructor({ metadata, file }: GgufFile) {
    this.#values = metadata;
    this.#file = file;
  }

  keys(): Iterable<string> {
    return this.#values.keys();
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** A number, which must be there unless a fallback is given. */
  number(key: string, fallback?: number): number {
    const value = this.#values.get(key) ?? fallback;
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw this.unsupported(`${key} is ${show(value)}; allowed: a number`);
  }

  /** A whole number of at least `minimum`. */
  size(key: string, fallback?: number, minimum = 1): number {
    const value = this.number(key, fallback);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    throw this.unsupported(`${key} is ${value}; allowed: a whole number of at least ${minimum}`);
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.#values.get(key) ?? fallback;
    if (typeof value === 'boolean') return value;
    throw this.unsupported(`${key} is ${show(value)}; allowed: true, false`);
  }

  /** One of `allowed`; the fallback, if any, where the key is missing. */
  oneOf(key: string, allowed: readonly string[], fallback?: string): string {
    const value = this.#values.get(key) ?? fallback;
    if (typeof value === 'string' && allowed.includes(value)) return value;
    throw this.unsupported(`${key} is ${show(value)}; supported: ${allowed.join(', ')}`);
  }

  /** Refuses any value but `expected`, which is also what a missing key means. */
  require(key: string, expected: string | number | boolean): void {
    const value = this.#values.get(key) ?? expected;
    if (value === expected || (typeof value === 'bigint' && Number(value) === expected)) return;
    throw this.unsupported(`${key} is ${show(value)}; supported: ${show(expected)}`);
  }

  strings(key: string): readonly string[] {
    const value = this.#values.get(key);
    if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value;
    throw this.unsupported(`${key} is ${show(value)}; allowed: a list of texts`);
  }

  /** Empty where the key is missing. */
  numbers(key: string): readonly number[] {
    const value = this.#values.get(key) ?? [];
    if (Array.isArray(value) && value.every((element) => typeof element === 'number')) return value;
    throw this.unsupported(`${key} is ${show(value)}; allowed: a list of numbers`);
  }

  unsupported(reason: string): PtlError<'BACKBONE_UNSUPPORTED'> {
    const message = `"${this.#file}" cannot be loaded: its ${reason}.`;
    return new PtlError('BACKBONE_UNSUPPORTED', message, { source: this.#file, reason });
  }
}

function show(value: GgufValue | undefined): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? quote(value) : String(value);
}
