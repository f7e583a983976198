import type { Batch } from '../../contract/batch.ts';
import { PtlError } from '../../contract/errors.ts';
import type { Seq2SeqSpec } from './seq2seq-spec.ts';

/**
 * The decoder's input: each row's target moved on by one position, behind the token that all start
 * with. Padding is looked at, as no real token stands behind it.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the batch has no target, or one of other rows.
 */
export function targetBatch(
  { size, target }: Batch,
  { startToken, paddingToken }: Pick<Seq2SeqSpec, 'startToken' | 'paddingToken'>,
): Batch {
  if (!target) throw mismatch(`a target for ${size} rows, as an encoder-decoder needs one`, 'none');
  const { sequence, inputIds, attentionMask } = target;
  const count = size * sequence;
  if (inputIds.length !== count || attentionMask.length !== count) {
    const actual = `${inputIds.length} ids and ${attentionMask.length} places of its mask`;
    throw mismatch(`${size} rows of ${sequence} positions`, actual);
  }
  const shifted = Int32Array.from({ length: count }, (_, index) => {
    if (index % sequence === 0) return startToken;
    return attentionMask[index - 1] === 1 ? (inputIds[index - 1] ?? paddingToken) : paddingToken;
  });
  return {
    size,
    sequence,
    inputIds: shifted,
    attentionMask: new Uint8Array(count).fill(1),
    tokenTypeIds: new Int32Array(count),
    promptLength: 0,
    slots: new Int32Array(),
  };
}

function mismatch(expected: string, actual: string): PtlError<'SHAPE_MISMATCH'> {
  const message = `The batch's target does not fit: expected ${expected}, got ${actual}.`;
  return new PtlError('SHAPE_MISMATCH', message, { tensor: 'target', expected, actual });
}
