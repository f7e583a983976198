import type { Batch } from '../../contract/batch.ts';
import { PtlError } from '../../contract/errors.ts';

export interface PositionRange {
  /** The position id of a row's first token. */
  readonly firstPosition: number;
  /** Positions that a row may take. */
  readonly maxPositions: number;
}

/**
 * Position ids `[batch * sequence]`: real tokens and slots are counted from the first position of
 * the family plus the row's offset; padding keeps the place before the first position, or 0.
 *
 * @param offsets - How far the tokens of each row move on behind their prefix, in positions.
 * @throws {@link PtlError} `ROW_TOO_LONG` if a row needs more positions than the backbone has.
 */
export function positionIds(
  batch: Batch,
  offsets: readonly number[],
  { firstPosition, maxPositions }: PositionRange,
): Int32Array {
  const ids = new Int32Array(batch.size * batch.sequence);
  for (let row = 0; row < batch.size; row++) {
    let position = offsets[row] ?? 0;
    for (let column = 0; column < batch.sequence; column++) {
      const index = row * batch.sequence + column;
      const real = batch.attentionMask[index] === 1;
      ids[index] = real ? firstPosition + position : Math.max(0, firstPosition - 1);
      if (real) position++;
    }
    assertFits(position, maxPositions);
  }
  return ids;
}

/** The batch with padding counted as tokens, as Transformers' own positions do in some families. */
export function withoutPadding(batch: Batch): Batch {
  return { ...batch, attentionMask: new Uint8Array(batch.attentionMask.length).fill(1) };
}

function assertFits(positions: number, available: number): void {
  if (positions <= available) return;
  const message = `A row takes ${positions} positions with its prompt; the backbone has ${available}.`;
  throw new PtlError('ROW_TOO_LONG', message, { positions, available });
}
