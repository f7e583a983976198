import type { WrittenPart } from '../contract/layout.ts';
import { suggestName } from '../contract/nearest.ts';

/** What stands between two braces, or what is wrong there and at which character behind the first. */
export type ReadPlaceholder = WrittenPart | { readonly problem: string; readonly at: number };

type Reader = (option: string, known: ReadonlyMap<string, string>) => WrittenPart | string;

const readers: Readonly<Record<string, Reader>> = {
  text: (option) => readField('text', option),
  text_pair: (option) => readField('textPair', option),
  sep: (option) => (option === '' ? { kind: 'separator' } : 'nothing can be said of {sep}'),
  mask: (option) => (option === '' ? { kind: 'mask' } : 'nothing can be said of {mask}'),
  prompt: readPrompt,
  soft: readSoft,
};

/**
 * Reads one placeholder, such as `prompt:3`.
 *
 * @param known - Words of the soft tokens that have a name so far.
 */
export function readPlaceholder(
  content: string,
  known: ReadonlyMap<string, string>,
): ReadPlaceholder {
  const name = /^\s*([^\s:=]*)/.exec(content)?.[1] ?? '';
  const start = content.indexOf(name);
  if (!Object.hasOwn(readers, name) || !readers[name]) {
    const hint = suggestName(name, Object.keys(readers));
    return { problem: `nothing is called "${content.trim()}".${hint}`, at: start };
  }
  const option = content.slice(start + name.length).trimEnd();
  const read = readers[name](option, known);
  if (typeof read !== 'string') return read;
  return { problem: read, at: start + name.length + (option.startsWith(':') ? 1 : 0) };
}

function readPrompt(option: string): WrittenPart | string {
  const digits = /^\s*:\s*(\d+)$/.exec(option)?.[1];
  const length = Number(digits);
  if (length > 0 && Number.isSafeInteger(length)) return { kind: 'prompt', length };
  return 'a prompt slot needs a number of virtual tokens from 1';
}

function readField(field: 'text' | 'textPair', option: string): WrittenPart | string {
  if (option === '') return { kind: 'field', field };
  const shorten = /^:\s*shorten\s*=\s*(start|end|never)$/.exec(option)?.[1];
  if (!shorten)
    return 'a text can be followed by :shorten=start, :shorten=end or :shorten=never only';
  return shorten === 'end'
    ? { kind: 'field', field }
    : { kind: 'field', field, shorten: shorten as 'start' | 'never' }; // As matched.
}

function readSoft(option: string, known: ReadonlyMap<string, string>): WrittenPart | string {
  const [, name, words] = /^(?:=([\w-]+))?(?::([\s\S]*))?$/.exec(option) ?? [];
  const text = words?.trim() ?? known.get(name ?? '') ?? '';
  if (text === '') return 'soft tokens need the words that they start from, {soft:WORDS}';
  if (name === undefined) return { kind: 'soft', text };
  const before = known.get(name);
  if (before !== undefined && before !== text) {
    return `the soft tokens "${name}" start from "${before}" already`;
  }
  return { kind: 'soft', text, name };
}
