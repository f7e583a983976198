import type { Tensor } from '@tensorflow/tfjs';
import type { Example, HeadContext, SummedLoss, TaskHead } from '../task.ts';

/** A tagged sentence: the place of each word's label. */
export type TagExample = Example<readonly number[]>;

/** How tags are scored: each for itself, or along the sentence. */
export interface TagReadout {
  createHead(context: HeadContext): TaskHead;
  /** Called inside a tidy. */
  loss(logits: Tensor, examples: readonly TagExample[]): SummedLoss;
  /**
   * The best label of each word.
   *
   * @param logits - Of one row, as the head gave them: `rows` times as many as there are labels.
   * @param wordStarts - Place of each word's first token; -1 for a word without one, which gets null.
   */
  decode(
    logits: Float32Array,
    rows: number,
    wordStarts: readonly number[],
  ): readonly (number | null)[];
}

/** Logits at the first token of each word. */
export function wordLogits(
  logits: Float32Array,
  wordStarts: readonly number[],
  labels: number,
): (Float32Array | null)[] {
  return wordStarts.map((start) =>
    start < 0 ? null : logits.subarray(start * labels, (start + 1) * labels),
  );
}
