import type { Batch } from '../contract/batch.ts';
import type { EncodedRow } from './encoded-row.ts';

/**
 * Pads rows at the end to the longest of them.
 *
 * @param paddingId - Id of the padding token.
 * @throws RangeError if the rows differ in their number of slots or marks, which one layout never
 *   makes.
 */
export function collate(rows: readonly EncodedRow[], paddingId: number): Batch {
  const size = rows.length;
  const sequence = rows.reduce((longest, { inputIds }) => Math.max(longest, inputIds.length), 0);
  const promptLength = rows[0]?.slots.length ?? 0;
  const batch: Batch = {
    size,
    sequence,
    inputIds: new Int32Array(size * sequence).fill(paddingId),
    attentionMask: new Uint8Array(size * sequence),
    tokenTypeIds: new Int32Array(size * sequence),
    promptLength,
    slots: new Int32Array(size * promptLength),
  };
  for (const [index, { inputIds, tokenTypeIds, slots }] of rows.entries()) {
    if (slots.length !== promptLength) {
      throw new RangeError(`Row ${index} has ${slots.length} slots; row 0 has ${promptLength}.`);
    }
    const start = index * sequence;
    batch.inputIds.set(inputIds, start);
    batch.tokenTypeIds.set(tokenTypeIds, start);
    batch.attentionMask.fill(1, start, start + inputIds.length);
    batch.slots.set(slots, index * promptLength);
  }
  const marks = rows.flatMap((row) => row.marks ?? []);
  if (marks.length === 0) return batch;
  const uneven = rows.findIndex((row) => row.marks?.length !== marks.length / size);
  if (uneven >= 0) throw new RangeError(`Row ${uneven} has other marks than the rest.`);
  return { ...batch, marks: Int32Array.from(marks) };
}
