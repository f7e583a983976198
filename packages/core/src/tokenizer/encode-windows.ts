import type { EncodingContext } from '../task/task.ts';
import { assertRoom, encodeTexts, tokenizeText } from './encode-row.ts';
import type { EncodedRow } from './encoded-row.ts';
import { locateText } from './locate-text.ts';

export interface WindowInput {
  /** Stands in every window. */
  readonly text: string;
  /** What the windows move over. */
  readonly textPair: string;
}

export interface WindowOptions {
  /** Tokens that a window has in common with the one before it; at most half of what fits in one. */
  readonly stride: number;
  /** Positions of a window, slots and all included; as many as there are if null. */
  readonly maxLength: number | null;
  /** Tokens of the first text that are kept. */
  readonly maxFirstLength: number;
}

/**
 * Encodes a pair of texts in as many rows as it takes to read the second one to its end, and notes
 * where the tokens of each row stand in it.
 *
 * The rows are those of Transformers' `truncation='only_second'` with `stride` and
 * `return_overflowing_tokens`, but for a stride that would leave less than half a window to move on.
 *
 * @returns One row at least.
 * @throws {@link PtlError} `ROW_TOO_LONG` if prompt and first text leave no room for the second.
 */
export function encodeWindows(
  { text, textPair }: WindowInput,
  { stride, maxLength, maxFirstLength }: WindowOptions,
  context: EncodingContext,
): EncodedRow[] {
  const { tokenizer } = context;
  const maxPositions = Math.min(context.maxPositions, maxLength ?? context.maxPositions);
  const encode = (tokens: (field: string, spaceBefore: boolean) => readonly number[]) =>
    encodeTexts({ hasPair: true, tokens }, (first, second) => [first, second], {
      ...context,
      maxPositions,
    });

  const seen = { first: [] as readonly number[], isSpaced: false };
  // What stands around the texts decides how they are tokenized.
  const frame = encode((field, spaceBefore) => {
    if (field === 'text') {
      seen.first = tokenizeText(text, spaceBefore, tokenizer);
      return seen.first.slice(0, maxFirstLength);
    }
    seen.isSpaced = spaceBefore;
    return [];
  });
  const taken = frame.row.inputIds.length;
  const room = maxPositions - taken;
  assertRoom(room, 1, taken, maxPositions);
  const first = seen.first.slice(0, maxFirstLength);
  const truncatedTokens = seen.first.length - first.length;
  const second = locateText(textPair, seen.isSpaced, tokenizer);
  return windowStarts(second.ids.length, room, stride).map((start) => {
    const ids = second.ids.slice(start, start + room);
    const { row, pairStart } = encode((field) => (field === 'text' ? first : ids));
    const spans = second.spans.slice(start, start + room);
    return { ...row, truncatedTokens, window: { position: pairStart, spans, text: textPair } };
  });
}

function windowStarts(tokens: number, room: number, stride: number): number[] {
  const step = room - Math.min(stride, Math.floor(room / 2));
  const count = 1 + Math.max(0, Math.ceil((tokens - room) / step));
  return Array.from({ length: count }, (_, index) => index * step);
}
