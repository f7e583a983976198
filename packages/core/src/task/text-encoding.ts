import { encodeText } from '../tokenizer/encode-row.ts';
import type { RowPlace } from './row-place.ts';
import type { EncodingContext, Example } from './task.ts';
import { readTexts } from './text-fields.ts';

/**
 * How a task encodes rows of a text or a pair of texts, with a target and without.
 *
 * @param name - What messages call the task.
 * @param targetOf - Reads what is to be predicted off a row.
 */
export function textEncoding<Target>(
  name: string | undefined,
  targetOf: (row: unknown, at: RowPlace) => Target,
) {
  return {
    encode(row: unknown, index: number, context: EncodingContext): Example<Target> {
      const at = { index, task: name };
      const target = targetOf(row, at);
      return { row: encodeText(readTexts(row, at), context), target };
    },
    encodeInput(row: unknown, index: number, context: EncodingContext): Example<null> {
      return { row: encodeText(readTexts(row, { index, task: name }), context), target: null };
    },
  };
}
