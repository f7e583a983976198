import { sequencesOf } from '../task/sequences-of.ts';
import type { Example } from '../task/task.ts';

/** What a head gives for one row, before anything is made of it. */
export interface RowLogits {
  /**
   * `[labels]`, or `[sequence, labels]` or `[sequence, vocabulary]` for tokens: real ones only,
   * special ones included, those of a row's windows one behind the other; of an encoder-decoder those
   * of the target. `[choices]` for a row of choices.
   */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

/** Splits the logits of a batch into those of its rows, without padding. */
export function readRowLogits(
  logits: Float32Array,
  [, ...shape]: readonly number[],
  examples: readonly Example[],
): RowLogits[] {
  const size = shape.reduce((product, length) => product * length, 1);
  let next = 0;
  return examples.map((example) => {
    const { row, alternatives } = example;
    const start = next;
    next += sequencesOf(example).length * size;
    const ofRow = logits.slice(start, next);
    if (alternatives) return { shape: [ofRow.length], values: ofRow };
    if (shape.length < 2) return { shape, values: ofRow };
    const [, labels = 0] = shape;
    const tokens = row.targetIds?.length ?? row.inputIds.length - row.slots.length;
    return { shape: [tokens, labels], values: ofRow.slice(0, tokens * labels) };
  });
}

/** Puts the logits of a row's windows one behind the other. */
export function joinRowLogits(windows: readonly RowLogits[]): RowLogits {
  const rest = windows[0]?.shape.slice(1) ?? [];
  const tokens = windows.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const values = Float32Array.from(windows.flatMap((window) => Array.from(window.values)));
  return { shape: [tokens, ...rest], values };
}
