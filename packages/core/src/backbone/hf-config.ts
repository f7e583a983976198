import { PtlError } from '../contract/errors.ts';

/** Reads fields of a Hugging Face `config.json`, and refuses what PTL cannot honour by name. */
export class HuggingFaceConfig {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #source: string;

  constructor(config: unknown, source: string) {
    this.#source = source;
    if (typeof config !== 'object' || config === null || Array.isArray(config)) {
      throw this.#unsupported('its config.json is not an object');
    }
    this.#fields = config as Record<string, unknown>; // Each field is checked where it is read.
  }

  /** A number, which must be there unless a fallback is given. */
  number(name: string, fallback?: number): number {
    const value = this.#fields[name] ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.#unsupported(`its config.json has ${name} = ${show(value)}, which is not a number`);
  }

  /** A whole number of at least `minimum`. */
  size(name: string, fallback?: number, minimum = 1): number {
    const value = this.number(name, fallback);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    throw this.#unsupported(
      `its config.json has ${name} = ${value}, not a whole number of at least ${minimum}`,
    );
  }

  /** A token's id. */
  token(name: string, vocabularySize: number, fallback?: number): number {
    const id = this.size(name, fallback, 0);
    if (id < vocabularySize) return id;
    throw this.refusal(name, `ids below ${vocabularySize}`);
  }

  /** One of `allowed`; the fallback where the field is missing. */
  oneOf(name: string, allowed: readonly string[], fallback: string): string {
    const value = this.#fields[name] ?? fallback;
    if (typeof value === 'string' && allowed.includes(value)) return value;
    throw this.#unsupported(
      `its config.json has ${name} = ${show(value)}; supported: ${allowed.join(', ')}`,
    );
  }

  /** True or false; the fallback where the field is missing. */
  boolean(name: string, fallback: boolean): boolean {
    const value = this.#fields[name] ?? fallback;
    if (typeof value === 'boolean') return value;
    throw this.#unsupported(
      `its config.json has ${name} = ${show(value)}, which is neither true nor false`,
    );
  }

  /** The fields of an object within; null where it is missing. */
  section(name: string): HuggingFaceConfig | null {
    const value = this.#fields[name] ?? null;
    if (value === null) return null;
    if (typeof value === 'object') return new HuggingFaceConfig(value, this.#source);
    throw this.#unsupported(`its config.json has ${name} = ${show(value)}, which is not an object`);
  }

  /** Words out of `allowed`: a list of them, or one string with | between; none where missing. */
  words(name: string, allowed: readonly string[]): readonly string[] {
    const value = this.#fields[name] ?? [];
    const words: unknown = typeof value === 'string' ? value.toLowerCase().split('|') : value;
    const found = Array.isArray(words) ? words.map((word) => String(word).trim()) : [''];
    if (found.every((word) => allowed.includes(word))) return found;
    throw this.refusal(name, `any of ${allowed.join(', ')}`);
  }

  /** Refuses any value but `expected`, which is also what a missing field means. */
  require(name: string, expected: boolean | string | number): void {
    const value = this.#fields[name] ?? expected;
    if (value === expected) return;
    throw this.refusal(name, show(expected));
  }

  /** Refuses any number but `expected`; a missing field means `fallback`. */
  requireSize(name: string, expected: number, fallback: number): void {
    if (this.size(name, fallback) === expected) return;
    throw this.refusal(name, show(expected));
  }

  /** The error for a field with a value that is not supported, to be thrown. */
  refusal(name: string, supported: string): PtlError<'BACKBONE_UNSUPPORTED'> {
    const value = show(this.#fields[name]);
    return this.#unsupported(`its config.json has ${name} = ${value}; supported: ${supported}`);
  }

  #unsupported(reason: string): PtlError<'BACKBONE_UNSUPPORTED'> {
    return new PtlError('BACKBONE_UNSUPPORTED', `"${this.#source}" cannot be loaded: ${reason}.`, {
      source: this.#source,
      reason,
    });
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
