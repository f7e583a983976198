import type { Batch } from '../contract/batch.ts';

/** Where the positions that are no slots stand in their rows, and the way back. */
export interface RealPositions {
  /** Positions of each row without its slots; padding stays. */
  readonly sequence: number;
  /** `[batch, sequence - promptLength]`: the position in the full row, ascending. */
  readonly gather: Int32Array;
  /** `[batch, sequence]`: the position in the stripped row, or -1 for a slot. */
  readonly inverse: Int32Array;
}

/** Lists the positions of a batch that are left when its slots are stripped. */
export function realPositions({
  size,
  sequence,
  promptLength,
  slots,
}: Pick<Batch, 'size' | 'sequence' | 'promptLength' | 'slots'>): RealPositions {
  const stripped = sequence - promptLength;
  const gather = new Int32Array(size * stripped);
  const inverse = new Int32Array(size * sequence);
  for (let row = 0; row < size; row++) {
    let slot = row * promptLength;
    let position = 0;
    for (let column = 0; column < sequence; column++) {
      const index = row * sequence + column;
      if (slot < (row + 1) * promptLength && slots[slot] === column) {
        inverse[index] = -1;
        slot++;
      } else {
        gather[row * stripped + position] = column;
        inverse[index] = position++;
      }
    }
  }
  return { sequence: stripped, gather, inverse };
}
