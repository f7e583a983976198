import { type EncodedRow, rowLength } from '../tokenizer/encoded-row.ts';
import type { Example } from './task.ts';

/** All sequences of an example, in the order of their logits; one unless its row makes several. */
export function sequencesOf({ row, alternatives = [] }: Example): readonly EncodedRow[] {
  return [row, ...alternatives];
}

/** Positions that the longest sequence of an example takes, slots included. */
export function exampleLength(example: Example): number {
  return Math.max(...sequencesOf(example).map(rowLength));
}
