import { PtlError } from '../contract/errors.ts';
import type { WrittenPart } from '../contract/layout.ts';
import { readPlaceholder } from './template-placeholder.ts';

/** A part and where it stands in the template, in UTF-16 code units. */
interface LocatedPart {
  readonly part: WrittenPart;
  readonly position: number;
}

/**
 * Who writes a template: a method, which has virtual tokens, or a task, which has none and reads a
 * word off it; `reading` is for either that reads one.
 */
export type TemplateUse = 'method' | 'task' | 'reading';

const allowed =
  'Allowed are {prompt:N} with N from 1, {soft:WORDS}, {soft=NAME:WORDS}, {text}, {text_pair}, ' +
  '{text:shorten=start}, {text:shorten=never}, {sep}, {mask}, and words; {{ and }} stand for braces.';

/** Doubled braces, a placeholder, a brace that belongs to neither, or a run of words. */
const lexeme = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;

/**
 * Reads a template such as `{prompt:3} {text} {prompt:2} It was {mask} .`.
 *
 * White space that touches words belongs to them, since byte-level tokenizers see it; elsewhere it
 * means nothing.
 *
 * @throws {@link PtlError} `TEMPLATE_INVALID` at a syntax error, or unless there is `{text}` once,
 *   `{text_pair}` and `{mask}` at most once, and at least one `{prompt:N}` or `{soft:WORDS}`; a
 *   task's has none of these but `{mask}`, and one for reading has `{mask}`. The message points at
 *   the character.
 */
export function parseTemplate(template: string, use: TemplateUse = 'method'): WrittenPart[] {
  const parts = joinWords(readParts(template));
  requireOnce(template, parts, (part) => isField(part, 'text'), '{text}');
  requireOnce(template, parts, (part) => isField(part, 'textPair'), '{text_pair}');
  requireOnce(template, parts, ({ kind }) => kind === 'mask', '{mask}');
  if (!parts.some(({ part }) => isField(part, 'text'))) {
    fail(template, template.length, 'it lacks {text}');
  }
  const virtual = parts.find(({ part }) => part.kind === 'prompt' || part.kind === 'soft');
  if (use === 'method' && !virtual) {
    fail(template, template.length, 'it lacks a slot for virtual tokens, {prompt:N}');
  }
  if (use === 'task' && virtual) {
    fail(template, virtual.position, 'virtual tokens belong into the template of a method');
  }
  if (use !== 'method' && !parts.some(({ part }) => part.kind === 'mask')) {
    fail(template, template.length, 'it lacks {mask}');
  }
  return parts.map(({ part }) => part);
}

/** Writes parts as a template; {@link parseTemplate} reads the same parts from it. */
export function formatTemplate(parts: readonly WrittenPart[]): string {
  return parts
    .map((part, index) => spaceBetween(parts[index - 1], part) + formatPart(part))
    .join('');
}

function formatPart(part: WrittenPart): string {
  if (part.kind === 'prompt') return `{prompt:${part.length}}`;
  if (part.kind === 'soft') return `{soft${part.name ? `=${part.name}` : ''}:${part.text}}`;
  if (part.kind === 'words') return part.text.replaceAll(/[{}]/g, '$&$&');
  if (part.kind === 'separator') return '{sep}';
  if (part.kind === 'mask') return '{mask}';
  const name = part.field === 'text' ? 'text' : 'text_pair';
  return `{${name}${part.shorten ? `:shorten=${part.shorten}` : ''}}`;
}

/** Words bring their own spaces. */
function spaceBetween(previous: WrittenPart | undefined, part: WrittenPart): string {
  return !previous || previous.kind === 'words' || part.kind === 'words' ? '' : ' ';
}

function readParts(template: string): LocatedPart[] {
  const known = new Map<string, string>();
  return [...template.matchAll(lexeme)].map((match) => {
    const part = readLexeme(template, match, known);
    if (part.kind === 'soft' && part.name) known.set(part.name, part.text);
    return { part, position: match.index };
  });
}

function readLexeme(
  template: string,
  match: RegExpExecArray,
  known: ReadonlyMap<string, string>,
): WrittenPart {
  const [source, content] = match;
  const position = match.index;
  if (content !== undefined) {
    const read = readPlaceholder(content, known);
    return 'problem' in read ? fail(template, position + 1 + read.at, read.problem) : read;
  }
  if (source === '{') fail(template, position, 'this brace is not closed');
  if (source === '}') fail(template, position, 'this brace closes nothing');
  return { kind: 'words', text: source === '{{' || source === '}}' ? source.slice(1) : source };
}

/** Makes one part of neighbouring words, and drops white space between other parts. */
function joinWords(located: readonly LocatedPart[]): LocatedPart[] {
  const joined: LocatedPart[] = [];
  for (const { part, position } of located) {
    const last = joined.at(-1);
    if (part.kind === 'words' && last?.part.kind === 'words') {
      const text = last.part.text + part.text;
      joined.splice(-1, 1, { part: { kind: 'words', text }, position: last.position });
    } else {
      joined.push({ part, position });
    }
  }
  return joined.filter(({ part }) => part.kind !== 'words' || part.text.trim() !== '');
}

function requireOnce(
  template: string,
  parts: readonly LocatedPart[],
  is: (part: WrittenPart) => boolean,
  name: string,
): void {
  const second = parts.filter(({ part }) => is(part))[1];
  if (second) fail(template, second.position, `${name} stands here a second time`);
}

function isField(part: WrittenPart, field: 'text' | 'textPair'): boolean {
  return part.kind === 'field' && part.field === field;
}

function fail(template: string, position: number, reason: string): never {
  // Line breaks would part the caret from its character.
  const shown = template.replaceAll(/\s/g, ' ');
  const end = /[.?]$/.test(reason) ? '' : '.';
  const message = `The template is not valid: ${reason}${end} ${allowed}\n  ${shown}\n  ${' '.repeat(position)}^`;
  throw new PtlError('TEMPLATE_INVALID', message, { template, position });
}
