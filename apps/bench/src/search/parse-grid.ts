import { InvalidArgumentError } from 'commander';
import { type GridAxis, parseGridPath } from './grid.ts';

/** One `--grid`: values of a field, for one method or for all. */
export interface GridOption {
  /** Null for every method. */
  readonly method: string | null;
  readonly axis: GridAxis;
}

const shape = /^(?:([\w-]+):)?([\w.]+)=(.+)$/s;

/**
 * Reads `method.promptLength=8,16`, `p-tuning-v2:method.dropout=0,0.1` or
 * `method.template=["{prompt:3} {text}","{text} {prompt:6}"]`. Values are JSON, or words.
 */
export function parseGridOption(text: string): GridOption {
  const [, method = null, path = '', values = ''] = shape.exec(text) ?? [];
  const place = parseGridPath(path);
  if (place === null) {
    throw new InvalidArgumentError(
      'Expected "method.FIELD=VALUES" or "training.FIELD=VALUES", with "METHOD:" in front for one method alone.',
    );
  }
  return { method, axis: { ...place, values: parseValues(values) } };
}

/** Collects a `--grid` that may be given several times. */
export function collectGridOption(text: string, previous: readonly GridOption[]): GridOption[] {
  return [...previous, parseGridOption(text)];
}

/** A JSON list, or values separated by commas outside of brackets, braces and quotes. */
function parseValues(text: string): unknown[] {
  const values = parseJson(`[${text}]`) ?? text.split(',').map(parseWord);
  const [only] = values;
  const list = values.length === 1 && Array.isArray(only) ? only : values;
  const distinct = new Map(list.map((value) => [JSON.stringify(value), value]));
  if (distinct.size === 0) throw new InvalidArgumentError('Expected at least one value.');
  return [...distinct.values()];
}

function parseJson(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function parseWord(text: string): unknown {
  const word = text.trim();
  if (word === '') throw new InvalidArgumentError('Expected a value between two commas.');
  try {
    return JSON.parse(word);
  } catch {
    return word;
  }
}
