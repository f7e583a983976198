import { PtlError } from '../contract/errors.ts';
import type { TemplatePart } from '../contract/layout.ts';
import { suggestName } from '../contract/nearest.ts';

/** A part and where it stands in the template, in UTF-16 code units. */
interface LocatedPart {
  readonly part: TemplatePart;
  readonly position: number;
}

const placeholders: Readonly<Record<string, TemplatePart>> = {
  text: { kind: 'field', field: 'text' },
  text_pair: { kind: 'field', field: 'textPair' },
  sep: { kind: 'separator' },
};

const allowed =
  'Allowed are {prompt:N} with N from 1, {text}, {text_pair}, {sep}, and words; {{ and }} stand for braces.';

/** Doubled braces, a placeholder, a brace that belongs to neither, or a run of words. */
const lexeme = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;

/**
 * Reads a template such as `{prompt:3} {text} {prompt:2} It was {prompt:1} .`.
 *
 * White space that touches words belongs to them, since byte-level tokenizers see it; elsewhere it
 * means nothing.
 *
 * @throws {@link PtlError} `TEMPLATE_INVALID` at a syntax error, or unless there is `{text}` once,
 *   `{text_pair}` at most once and at least one `{prompt:N}`; the message points at the character.
 */
export function parseTemplate(template: string): TemplatePart[] {
  const located = [...template.matchAll(lexeme)].map((match) => readLexeme(template, match));
  const parts = joinWords(located);
  requireOnce(template, parts, 'text', '{text}');
  requireOnce(template, parts, 'textPair', '{text_pair}');
  if (!parts.some(({ part }) => isField(part, 'text'))) {
    fail(template, template.length, 'it lacks {text}');
  }
  if (!parts.some(({ part }) => part.kind === 'prompt')) {
    fail(template, template.length, 'it lacks a slot for virtual tokens, {prompt:N}');
  }
  return parts.map(({ part }) => part);
}

/** Writes parts as a template; {@link parseTemplate} reads the same parts from it. */
export function formatTemplate(parts: readonly TemplatePart[]): string {
  return parts
    .map((part, index) => spaceBetween(parts[index - 1], part) + formatPart(part))
    .join('');
}

function formatPart(part: TemplatePart): string {
  if (part.kind === 'prompt') return `{prompt:${part.length}}`;
  if (part.kind === 'words') return part.text.replaceAll(/[{}]/g, '$&$&');
  if (part.kind === 'separator') return '{sep}';
  return part.field === 'text' ? '{text}' : '{text_pair}';
}

/** Words bring their own spaces. */
function spaceBetween(previous: TemplatePart | undefined, part: TemplatePart): string {
  return !previous || previous.kind === 'words' || part.kind === 'words' ? '' : ' ';
}

function readLexeme(template: string, match: RegExpExecArray): LocatedPart {
  const [source, content] = match;
  const position = match.index;
  if (content !== undefined)
    return { part: readPlaceholder(template, content, position), position };
  if (source === '{') fail(template, position, 'this brace is not closed');
  if (source === '}') fail(template, position, 'this brace closes nothing');
  const text = source === '{{' || source === '}}' ? source.slice(1) : source;
  return { part: { kind: 'words', text }, position };
}

function readPlaceholder(template: string, content: string, position: number): TemplatePart {
  const name = content.trim();
  if (Object.hasOwn(placeholders, name) && placeholders[name]) return placeholders[name];
  const inside = position + 1 + content.indexOf(name);
  if (name === 'prompt' || name.startsWith('prompt:')) {
    return { kind: 'prompt', length: readLength(template, name, inside) };
  }
  const hint = suggestName(name, [...Object.keys(placeholders), 'prompt']);
  return fail(template, inside, `nothing is called "${name}".${hint}`);
}

function readLength(template: string, name: string, position: number): number {
  const digits = name.slice('prompt:'.length).trim();
  const length = Number(digits);
  if (/^\d+$/.test(digits) && length > 0 && Number.isSafeInteger(length)) return length;
  const at = position + Math.min('prompt:'.length, name.length);
  return fail(template, at, 'a prompt slot needs a number of virtual tokens from 1');
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
  field: 'text' | 'textPair',
  name: string,
): void {
  const second = parts.filter(({ part }) => isField(part, field))[1];
  if (second) fail(template, second.position, `${name} stands here a second time`);
}

function isField(part: TemplatePart, field: 'text' | 'textPair'): boolean {
  return part.kind === 'field' && part.field === field;
}

function fail(template: string, position: number, reason: string): never {
  // Line breaks would part the caret from its character.
  const shown = template.replaceAll(/\s/g, ' ');
  const end = /[.?]$/.test(reason) ? '' : '.';
  const message = `The template is not valid: ${reason}${end} ${allowed}\n  ${shown}\n  ${' '.repeat(position)}^`;
  throw new PtlError('TEMPLATE_INVALID', message, { template, position });
}
