import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../contract/batch.ts';
import { collate } from '../tokenizer/collate.ts';
import type { EncodedRow } from '../tokenizer/encoded-row.ts';
import type { FrozenStates } from '../trainer/frozen-cache.ts';
import { disposePrompt, foldPrompt } from './folded-tuner.ts';
import type { ModelParts } from './model-parts.ts';

/** Hidden states of one row without padding, `[positions, hidden]`, row-major. */
export type RowStates = Float32Array;

/** Where a model is cut in two. */
export interface FrozenPart {
  readonly parts: ModelParts<unknown, unknown>;
  /** See {@link FrozenStates.layer}. */
  readonly layer: number;
}

/** Numbers in the states of a row. */
export function sizeOfRow(part: FrozenPart, row: EncodedRow): number {
  const positions = readPositions(part, row) ?? row.inputIds.length;
  return positions * part.parts.backbone.geometry.hiddenSize;
}

/** What tells the rows apart as far as their states go. */
export function keyOfRow({ inputIds, tokenTypeIds, marks = [] }: EncodedRow): string {
  return [inputIds, tokenTypeIds, marks].map((part) => part.join()).join(';');
}

/** Runs the frozen part of a model over rows, all in one batch, in evaluation mode. */
export async function computeRowStates(
  part: FrozenPart,
  rows: readonly EncodedRow[],
): Promise<RowStates[]> {
  const { parts, layer } = part;
  const { backbone, tuner, head, positionOffset, semantics } = parts;
  const batch = collate(rows, backbone.tokenizer.special.pad);
  const prompt = foldPrompt(tuner); // Its lengths move positions, even far below it.
  const isWhole = layer === backbone.geometry.numLayers;
  const options = { positionOffset, semantics, read: head.reads };
  const hidden = tf.tidy(() =>
    backbone.forward(batch, prompt, isWhole ? options : { ...options, until: layer }),
  );
  disposePrompt(prompt);
  try {
    const values = await hidden.data<'float32'>();
    const [, sequence, width] = hidden.shape;
    return rows.map((encoded, row) => {
      const positions = positionsOf(part, encoded, batch, row);
      const states = new Float32Array(positions.length * width);
      for (const [index, position] of positions.entries()) {
        const start = (row * sequence + position) * width;
        states.set(values.subarray(start, start + width), index * width);
      }
      return states;
    });
  } finally {
    hidden.dispose();
  }
}

/** Puts the states of rows where their tokens stand in the batch that they make. */
export function assembleStates(
  part: FrozenPart,
  rows: readonly EncodedRow[],
  states: readonly RowStates[],
): FrozenStates {
  const { backbone } = part.parts;
  const width = backbone.geometry.hiddenSize;
  const batch = collate(rows, backbone.tokenizer.special.pad);
  const [first] = rows;
  const sequence = (first && readPositions(part, first)) ?? batch.sequence;
  const values = new Float32Array(batch.size * sequence * width);
  for (const [row, encoded] of rows.entries()) {
    for (const [index, position] of positionsOf(part, encoded, batch, row).entries()) {
      const token = states[row]?.subarray(index * width, (index + 1) * width);
      if (token) values.set(token, (row * sequence + position) * width);
    }
  }
  return { layer: part.layer, shape: [batch.size, sequence, width], values };
}

/** How many positions of a row a head reads; null where these are its tokens. */
function readPositions({ parts, layer }: FrozenPart, { marks = [] }: EncodedRow): number | null {
  const { reads } = parts.head;
  if (layer < parts.backbone.geometry.numLayers || reads === 'all') return null;
  return reads === 'marked' ? marks.length : 1;
}

/** Where the states of a row stand in a batch. */
function positionsOf(
  part: FrozenPart,
  encoded: EncodedRow,
  { attentionMask, sequence }: Batch,
  row: number,
): number[] {
  const read = readPositions(part, encoded);
  if (read !== null) return Array.from({ length: read }, (_, position) => position);
  const mask = attentionMask.subarray(row * sequence, (row + 1) * sequence);
  return Array.from(mask.keys()).filter((position) => mask[position] === 1);
}
