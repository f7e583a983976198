import type { RowLogits } from '../model/row-logits.ts';
import type { Example } from '../task/task.ts';
import { type EnsembleJoin, joinLogits, type LogitScale } from './join-logits.ts';

/** What one member gave for a row. */
export interface MemberLogits {
  readonly example: Example;
  readonly logits: RowLogits;
}

/** Logits for a task to read a prediction off, with the example that says where. */
export interface JoinedLogits {
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly example: Example;
}

/**
 * Joins what the members gave for one row: logits `[1, labels]` of the row, or `[1, words, labels]`
 * of its words, which members may have at different tokens.
 */
export function joinMembers(
  join: EnsembleJoin,
  scale: LogitScale,
  members: readonly MemberLogits[],
): JoinedLogits | null {
  const [first] = members;
  if (!first) return null;
  if (first.logits.shape.length === 1) {
    const joined = joinLogits(
      join,
      scale,
      members.map(({ logits }) => logits.values),
    );
    return {
      values: Float32Array.from(joined),
      shape: [1, ...first.logits.shape],
      example: first.example,
    };
  }
  const words = (first.example.row.wordStarts ?? []).map((_, word) =>
    members.flatMap((member) => {
      const logits = wordLogits(member, word);
      return logits ? [logits] : [];
    }),
  );
  const [, labels = 0] = first.logits.shape;
  const values = new Float32Array(words.length * labels);
  for (const [word, given] of words.entries()) {
    if (given.length > 0) values.set(joinLogits(join, scale, given), word * labels);
  }
  // In place of tokens there are words, those that no member has seen left out.
  const wordStarts = words.map((given, word) => (given.length > 0 ? word : -1));
  const row = { ...first.example.row, wordStarts };
  return { values, shape: [1, words.length, labels], example: { ...first.example, row } };
}

/** Null where the word was cut off, or has no token. */
function wordLogits({ example, logits }: MemberLogits, word: number): Float32Array | null {
  const start = example.row.wordStarts?.[word] ?? -1;
  const [, labels = 0] = logits.shape;
  return start < 0 ? null : logits.values.subarray(start * labels, (start + 1) * labels);
}
