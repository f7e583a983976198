import type { Batch, BatchTarget } from '../contract/batch.ts';
import type { EncodedRow } from './encoded-row.ts';

/**
 * Pads rows at the end to the longest of them. A row with fewer slots than another gets further ones
 * as its last padding, so that all rows have as many real positions as each other too.
 *
 * @param paddingId - Id of the padding token.
 * @throws RangeError if the rows differ in their number of marks, or only some of them have a target.
 */
export function collate(rows: readonly EncodedRow[], paddingId: number): Batch {
  const size = rows.length;
  const promptLength = longest(rows.map(({ slots }) => slots.length));
  const padded = padRows(
    rows.map(({ inputIds }) => inputIds),
    paddingId,
    promptLength + longest(rows.map(({ inputIds, slots }) => inputIds.length - slots.length)),
  );
  const { sequence } = padded;
  const batch: Batch = {
    size,
    ...padded,
    tokenTypeIds: new Int32Array(size * sequence),
    promptLength,
    slots: new Int32Array(size * promptLength),
    ...targetOf(rows, paddingId),
  };
  for (const [index, { tokenTypeIds, slots }] of rows.entries()) {
    batch.tokenTypeIds.set(tokenTypeIds, index * sequence);
    const unused = promptLength - slots.length;
    const padding = Array.from({ length: unused }, (_, slot) => sequence - unused + slot);
    batch.slots.set([...slots, ...padding], index * promptLength);
  }
  const marks = rows.flatMap((row) => row.marks ?? []);
  if (marks.length === 0) return batch;
  const uneven = rows.findIndex((row) => row.marks?.length !== marks.length / size);
  if (uneven >= 0) throw new RangeError(`Row ${uneven} has other marks than the rest.`);
  return { ...batch, marks: Int32Array.from(marks) };
}

/** What the rows are to be turned into, if they are. */
function targetOf(rows: readonly EncodedRow[], paddingId: number): Pick<Batch, 'target'> {
  const targets = rows.flatMap(({ targetIds }) => (targetIds ? [targetIds] : []));
  if (targets.length === 0) return {};
  if (targets.length === rows.length) {
    return { target: padRows(targets, paddingId, longest(targets.map(({ length }) => length))) };
  }
  throw new RangeError(`${targets.length} of ${rows.length} rows have a target.`);
}

function longest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}

function padRows(
  rows: readonly (readonly number[])[],
  paddingId: number,
  sequence: number,
): BatchTarget {
  const inputIds = new Int32Array(rows.length * sequence).fill(paddingId);
  const attentionMask = new Uint8Array(rows.length * sequence);
  for (const [index, row] of rows.entries()) {
    inputIds.set(row, index * sequence);
    attentionMask.fill(1, index * sequence, index * sequence + row.length);
  }
  return { sequence, inputIds, attentionMask };
}
