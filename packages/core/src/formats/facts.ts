import type { BackboneArchitecture } from '../contract/frozen-backbone.ts';
import { readObjectLines } from './json-object-lines.ts';
import { type FailRow, type FormatOptions, type ParsedRows, unnamedFile } from './parsed-rows.ts';

/** A fact of a relation, as a row of `cloze`. */
export interface FactRow {
  /** The subject. */
  readonly text: string;
  readonly object: string;
}

/** A sentence that states a relation. */
export interface RelationPattern {
  /** With `[X]` for the subject and `[Y]` for the object. */
  readonly pattern: string;
  /** The relation's name, such as `P19`, where the file has it. */
  readonly relation?: string;
}

/**
 * Parses facts as LAMA and ParaRel file them: JSON lines with `sub_label` and `obj_label`. Other fields
 * are left aside.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 */
export function parseFacts(
  text: string,
  { file = unnamedFile }: FormatOptions = {},
): ParsedRows<FactRow> {
  return readObjectLines(text, file, (fields, fail) => ({
    text: stringOf(fields, 'sub_label', fail),
    object: stringOf(fields, 'obj_label', fail),
  }));
}

/**
 * Parses patterns of relations: JSON lines with `pattern` (ParaRel, a file for each relation), or with
 * `relation` and `template` (LAMA, one file for all).
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 */
export function parsePatterns(
  text: string,
  { file = unnamedFile }: FormatOptions = {},
): ParsedRows<RelationPattern> {
  return readObjectLines(text, file, (fields, fail) => {
    const pattern = stringOf(fields, fields.has('pattern') ? 'pattern' : 'template', fail);
    for (const gap of ['[X]', '[Y]']) {
      const times = pattern.split(gap).length - 1;
      if (times !== 1) throw fail(`The pattern has ${gap} ${times} times, where it takes one`);
    }
    const relation = fields.get('relation');
    return typeof relation === 'string' ? { pattern, relation } : { pattern };
  });
}

/**
 * A pattern as a template: `[X] was born in [Y] .` is `{text} was born in {mask} .`.
 *
 * @param architecture - A decoder reads what stands before the object: what stands behind it is left
 *   out if it is punctuation.
 * @returns Null where more than that stands behind the object of a decoder.
 */
export function clozePattern(
  pattern: string,
  architecture: BackboneArchitecture = 'encoder',
): string | null {
  const template = pattern
    .replaceAll(/[{}]/g, '$&$&')
    .replace('[X]', '{text}')
    .replace('[Y]', '{mask}');
  if (architecture !== 'decoder') return template;
  const [before = '', behind = ''] = template.split('{mask}');
  return /^[\p{P}\s]*$/u.test(behind) ? `${before}{mask}` : null;
}

function stringOf(fields: ReadonlyMap<string, unknown>, name: string, fail: FailRow): string {
  const value = fields.get(name);
  if (typeof value === 'string' && value.trim() !== '') return value;
  const present = [...fields.keys()].join(', ') || 'none';
  throw fail(`The row has no "${name}" that is a text. Its fields: ${present}`);
}
