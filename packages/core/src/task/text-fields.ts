import type { TextInput } from '../tokenizer/encode-row.ts';
import { requireRow, requireString } from './row-fields.ts';
import { invalidRow, type RowPlace } from './row-place.ts';

/**
 * Reads a text, or a pair of texts, off a row.
 *
 * @throws {@link PtlError} `ROW_INVALID`.
 */
export function readTexts(row: unknown, at: RowPlace): TextInput {
  const raw = requireRow(row, at);
  const text = requireString(raw, 'text', at);
  if ('text_pair' in raw) {
    throw invalidRow(at, 'its second text must be called "textPair", not "text_pair"');
  }
  if (raw.textPair === undefined) return { text };
  return { text, textPair: requireString(raw, 'textPair', at) };
}
