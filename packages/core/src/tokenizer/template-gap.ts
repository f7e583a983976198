import type { WrittenPart } from '../contract/layout.ts';

/**
 * What stands before the next words or text, which decides whether a byte-level tokenizer is to see
 * a space there: the start of a segment, a space, words without one behind them, or a text or slot.
 */
export type Gap = 'start' | 'space' | 'words' | 'open';

/** Whether a byte-level tokenizer is to see a space before a part. */
export function hasSpaceBefore(part: WrittenPart, gap: Gap): boolean {
  if (part.kind !== 'words') return gap === 'space' || gap === 'open';
  return gap === 'space' || (gap !== 'start' && /^\s/.test(part.text));
}

/** @param gap - What stood before the part. */
export function gapBehind(part: WrittenPart, gap: Gap): Gap {
  if (part.kind === 'separator') return 'start';
  if (part.kind === 'words') return /\s$/.test(part.text) ? 'space' : 'words';
  if (part.kind === 'prompt') return gap === 'words' ? 'open' : gap;
  return 'open';
}
