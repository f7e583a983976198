import { type RawRow, requireRow, requireString } from '../row-fields.ts';
import { invalidRow, type RowPlace } from '../row-place.ts';
import { readTexts } from '../text-fields.ts';
import type { MarkedSpan } from './word-row.ts';

/** A text with a word in it. */
export interface MarkedText {
  readonly text: string;
  readonly span: MarkedSpan;
}

/** Both texts of a row, each with its word. */
export interface MarkedPair {
  readonly text: MarkedText;
  readonly textPair: MarkedText;
}

/**
 * Reads the texts of a row and where their words stand.
 *
 * @throws {@link PtlError} `ROW_INVALID`, also for a span that is empty, of white space alone, out of
 *   its text, or cuts a character of two code units.
 */
export function readWords(row: unknown, at: RowPlace): MarkedPair {
  const raw = requireRow(row, at);
  const { text } = readTexts(row, at);
  const textPair = requireString(raw, 'textPair', at);
  return {
    text: { text, span: readSpan(raw, 'span', text, at) },
    textPair: { text: textPair, span: readSpan(raw, 'spanPair', textPair, at) },
  };
}

function readSpan(raw: RawRow, field: 'span' | 'spanPair', text: string, at: RowPlace): MarkedSpan {
  const given = raw[field];
  const isPair = Array.isArray(given) && given.length === 2 && given.every(Number.isInteger);
  const shown = JSON.stringify(given) ?? 'nothing';
  if (!isPair) {
    throw invalidRow(at, `"${field}" must be two whole numbers, a start and an end. Got ${shown}`);
  }
  const [start, end] = given as [number, number]; // As was looked at.
  if (start < 0 || end <= start || end > text.length) {
    const range = `within the ${text.length} code units of its text, the start before the end`;
    throw invalidRow(at, `"${field}" must be ${range}. Got ${shown}`);
  }
  if (cutsCharacter(text, start) || cutsCharacter(text, end)) {
    const hint = 'one outside the basic plane, such as an emoji, takes two code units';
    throw invalidRow(at, `"${field}" ${shown} cuts a character in two: ${hint}`);
  }
  if (text.slice(start, end).trim() === '') {
    throw invalidRow(at, `"${field}" ${shown} marks white space alone`);
  }
  return [start, end];
}

/** Whether a place lies between the two halves of a surrogate pair. */
function cutsCharacter(text: string, place: number): boolean {
  const [before, behind] = [text.charCodeAt(place - 1), text.charCodeAt(place)];
  return before >= 0xd800 && before < 0xdc00 && behind >= 0xdc00 && behind < 0xe000;
}
