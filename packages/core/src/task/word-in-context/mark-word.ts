import type { WordInContextOptions } from './options.ts';
import type { MarkedText } from './read-words.ts';

/** Writes into a text which word is meant; the span then has what was added around it. */
export function markWord(
  { text, span: [start, end] }: MarkedText,
  marks: NonNullable<WordInContextOptions['marks']>,
): MarkedText {
  const word = text.slice(start, end);
  if (marks === 'quoted') {
    const quoted = `"${word}"`;
    return {
      text: text.slice(0, start) + quoted + text.slice(end),
      span: [start, start + quoted.length],
    };
  }
  if (marks === 'pooled') return { text, span: [start, end] };
  const name = `${word}: `;
  return { text: name + text, span: [start + name.length, end + name.length] };
}
