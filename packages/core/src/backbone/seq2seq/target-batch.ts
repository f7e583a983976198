import type { Batch } from '../../contract/batch.ts';
import { PtlError } from '../../contract/errors.ts';
import type { Seq2SeqSpec } from './seq2seq-spec.ts';

/**
 * The decoder's input: each row's target moved on by one position, behind the token that all start
 * with, and slots for virtual tokens in front of that. Padding is looked at, as no real token stands behind it.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the batch has no target, or one of other rows.
 */
export function targetBatch(
  { size, target }: Batch,
  { startToken, paddingToken }: Pick<Seq2SeqSpec, 'startToken' | 'paddingToken'>,
  promptLength = 0,
): Batch {
  if (!target) throw mismatch(`a target for ${size} rows, as an encoder-decoder needs one`, 'none');
  const { sequence, inputIds, attentionMask } = target;
  const count = size * sequence;
  if (inputIds.length !== count || attentionMask.length !== count) {
    const actual = `${inputIds.length} ids and ${attentionMask.length} places of its mask`;
    throw mismatch(`${size} rows of ${sequence} positions`, actual);
  }
  const width = promptLength + sequence;
  const shifted = Int32Array.from({ length: size * width }, (_, index) => {
    const place = (index % width) - promptLength;
    if (place <= 0) return startToken;
    const before = Math.floor(index / width) * sequence + place - 1;
    return attentionMask[before] === 1 ? (inputIds[before] ?? paddingToken) : paddingToken;
  });
  return {
    size,
    sequence: width,
    inputIds: shifted,
    attentionMask: new Uint8Array(size * width).fill(1),
    tokenTypeIds: new Int32Array(size * width),
    promptLength,
    slots: Int32Array.from({ length: size * promptLength }, (_, index) => index % promptLength),
  };
}

function mismatch(expected: string, actual: string): PtlError<'SHAPE_MISMATCH'> {
  const message = `The batch's target does not fit: expected ${expected}, got ${actual}.`;
  return new PtlError('SHAPE_MISMATCH', message, { tensor: 'target', expected, actual });
}
