import { expect, it } from 'vitest';
import { isPtlError } from '../../contract/errors.ts';
import { batchOf, targetOf } from '../seq2seq-case.ts';
import { targetBatch } from './target-batch.ts';

const tokens = { startToken: 2, paddingToken: 1 };

it('moves each row on by one position, behind the start, and fills it up', () => {
  const { size, sequence, inputIds, attentionMask } = targetBatch(batchOf(), tokens);
  expect([size, sequence]).toEqual([3, 4]);
  expect([...inputIds]).toEqual([2, 6, 44, 13, 2, 58, 3, 1, 2, 3, 1, 1]);
  expect(attentionMask.every((place) => place === 1)).toBe(true);
});

it.each([
  ['no target', undefined, 'a target for 3 rows'],
  ['a target of two rows', targetOf([[5], [6, 7]]), '3 rows of 2 positions'],
])('refuses %s', (_, target, mentioned) => {
  const { target: _own, ...batch } = batchOf();
  try {
    targetBatch(target ? { ...batch, target } : batch, tokens);
    expect.unreachable();
  } catch (error) {
    expect(isPtlError(error, 'SHAPE_MISMATCH') && error.message).toContain(mentioned);
  }
});
