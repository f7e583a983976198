import type { Tensor2D } from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { BackboneArchitecture } from '../../contract/frozen-backbone.ts';
import { pickRows } from '../../ops/slots.ts';
import { realPositions } from '../../tokenizer/real-positions.ts';
import type { ForwardOptions, Semantics } from '../backbone.ts';

/** Picks rows of `[batch * sequence, hidden]`. */
export type PickRows = (rows: Tensor2D) => Tensor2D;

/** Picks the tokens that are to be read; null where those are all positions. */
export function pickTokens(
  architecture: BackboneArchitecture,
  batch: Batch,
  { read, semantics }: Pick<ForwardOptions, 'read' | 'semantics'>,
): PickRows | null {
  if (read === 'positions') return null;
  if (read === 'summary') {
    return pickPositions(batch, 1, summaryPositions(architecture, batch, semantics));
  }
  return read === 'marked' ? pickMarked(batch) : pickRealTokens(batch);
}

/** The position of the token that stands for its row, of each row. */
export function summaryPositions(
  architecture: BackboneArchitecture,
  batch: Batch,
  semantics: Semantics | undefined,
): (row: number) => number {
  return architecture === 'encoder'
    ? firstTokens(batch, semantics)
    : lastPositions(batch, semantics);
}

/** Picks every real token; null where that is every position. */
function pickRealTokens(batch: Batch): PickRows | null {
  if (batch.promptLength === 0) return null;
  const real = realPositions(batch);
  return pickPositions(batch, real.sequence, (row, index) => {
    return real.gather[row * real.sequence + index] ?? 0;
  });
}

/** The first real token of each row; by PEFT's rules its first position, real or virtual. */
function firstTokens(batch: Batch, semantics: Semantics = 'ptl'): (row: number) => number {
  if (semantics === 'peft') return () => 0;
  const { gather, sequence } = realPositions(batch);
  return (row) => {
    const positions = gather.subarray(row * sequence, (row + 1) * sequence);
    // Padding may stand in front.
    const first = positions.find((at) => batch.attentionMask[row * batch.sequence + at] === 1);
    return first ?? positions[0] ?? 0;
  };
}

/** Picks the positions that the batch marks. */
function pickMarked(batch: Batch): PickRows {
  const { marks = new Int32Array(), size } = batch;
  const count = marks.length / size;
  return pickPositions(batch, count, (row, index) => marks[row * count + index] ?? 0);
}

/**
 * Whether rows are read from their last position even where that is padding, so that the result
 * depends on the batch: PEFT does so behind virtual tokens, for which it has no ids to look at.
 */
export function readsPadding(batch: Batch, semantics: Semantics = 'ptl'): boolean {
  return semantics === 'peft' && batch.promptLength > 0;
}

/** The last position of each row that is not padding, or what {@link readsPadding} says. */
function lastPositions(batch: Batch, semantics: Semantics = 'ptl'): (row: number) => number {
  const { sequence, attentionMask } = batch;
  if (readsPadding(batch, semantics)) return () => sequence - 1;
  return (row) => {
    const mask = attentionMask.subarray(row * sequence, (row + 1) * sequence);
    return Math.max(0, mask.lastIndexOf(1));
  };
}

/** @param positionOf - The position in its row of the `index`-th that is kept. */
function pickPositions(
  { size, sequence }: Pick<Batch, 'size' | 'sequence'>,
  kept: number,
  positionOf: (row: number, index: number) => number,
): PickRows {
  const picked = Int32Array.from({ length: size * kept }, (_, index) => {
    const row = Math.floor(index / kept);
    return row * sequence + positionOf(row, index % kept);
  });
  const inverse = new Int32Array(size * sequence).fill(-1);
  for (const [index, place] of picked.entries()) inverse[place] = index;
  return (rows) => pickRows(rows, picked, inverse);
}
