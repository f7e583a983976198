import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../contract/batch.ts';
import type { LayerPrefix, LayerPrefixes, Prompt } from '../contract/prompt.ts';
import { readBytes, readJson } from '../files/read-file.ts';
import { hashed, hashedWeights } from '../testing/hashed-weights.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import { collate } from '../tokenizer/collate.ts';
import type { Backbone } from './backbone.ts';
import { createBackbone } from './create-backbone.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights, type Weights } from './weights/weights.ts';

/** Folders of fixtures/encoders, which make_encoders.py writes. */
export const families = [
  'electra',
  'albert',
  'deberta-v3',
  'deberta-v2',
  'deberta-c2p',
  'deberta-absolute',
];
/** The same, and those that make_backbones.py writes. */
export const allFamilies = ['bert', 'roberta', 'distilbert', ...families];
const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
export const promptLength = 4;

export interface Case {
  readonly backbone: Backbone;
  readonly reference: Weights;
  readonly weights: Weights;
}

/**
 * A tiny model and what Transformers computed with it.
 *
 * @param changes - Fields of its config that are to differ.
 */
export async function loadCase(family: string, changes: object = {}): Promise<Case> {
  const folder = `${fixtures}/${families.includes(family) ? 'encoders' : 'backbones'}/${family}`;
  const file = `${folder}/reference.safetensors`;
  const shapes = await readJson(`${folder}/shapes.json`);
  const weights = hashedWeights(new Map(Object.entries(shapes as Record<string, number[]>)));
  const config = (await readJson(`${folder}/config.json`)) as object; // As written.
  const tokenizer = createTinyTokenizer();
  return {
    backbone: createBackbone({ id: family, config: { ...config, ...changes }, weights, tokenizer }),
    reference: await createWeights(parseSafetensors(await readBytes(file), file).tensors, file),
    weights,
  };
}

export interface Padding {
  /** Slots in front of each row. */
  readonly slots?: number;
  /** Padding behind the longest row. */
  readonly behind?: number;
}

export function batchOf(
  reference: Weights,
  name: string,
  { slots = 0, behind = 0 }: Padding = {},
): Batch {
  const [rows = 0, sequence = 0] = reference.shape(`${name}.input_ids`);
  const read = (part: string, otherwise: number): number[][] => {
    const given = reference.has(`${name}.${part}`);
    const values = given ? reference.float32(`${name}.${part}`) : [];
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: sequence }, (_, i) => values[row * sequence + i] ?? otherwise),
    );
  };
  const [ids, types] = [read('input_ids', 0), read('token_type_ids', 0)];
  const front = Array.from({ length: slots }, (_, slot) => slot);
  const zeros = front.map(() => 0);
  const encoded = read('attention_mask', 1).map((mask, row) => {
    const length = mask.filter((value) => value === 1).length;
    return {
      inputIds: [...zeros, ...(ids[row] ?? []).slice(0, length)],
      tokenTypeIds: [...zeros, ...(types[row] ?? []).slice(0, length)],
      slots: front,
      truncatedTokens: 0,
    };
  });
  const batch = collate(encoded, 0);
  return behind === 0 ? batch : padded(batch, behind);
}

/** The same rows with their padding in front. */
export function leftPadded(batch: Batch): Batch {
  const { sequence, attentionMask, promptLength } = batch;
  const gaps = Array.from({ length: batch.size }, (_, row) => {
    const end = attentionMask.subarray(row * sequence, (row + 1) * sequence).lastIndexOf(1) + 1;
    return sequence - end;
  });
  const moved = <T extends Int32Array | Uint8Array>(values: T): number[] =>
    Array.from(values, (_, index) => {
      const row = Math.floor(index / sequence);
      const column = (index % sequence) - (gaps[row] ?? 0);
      return column < 0 ? 0 : (values[row * sequence + column] ?? 0);
    });
  return {
    ...batch,
    inputIds: Int32Array.from(moved(batch.inputIds)),
    attentionMask: Uint8Array.from(moved(attentionMask)),
    tokenTypeIds: Int32Array.from(moved(batch.tokenTypeIds)),
    slots: batch.slots.map((slot, index) => slot + (gaps[Math.floor(index / promptLength)] ?? 0)),
  };
}

/** Hidden states of real tokens, row after row, wherever its padding stands. */
export function realRows(
  hidden: tf.Tensor3D,
  { attentionMask, promptLength, slots, sequence }: Batch,
): Float32Array {
  const isSlot = new Set(
    Array.from(slots, (slot, index) => Math.floor(index / promptLength) * sequence + slot),
  );
  const kept = Array.from(attentionMask.keys()).filter((place) => !isSlot.has(place));
  const real = kept.flatMap((place, index) => (attentionMask[place] === 1 ? [index] : []));
  const [rows, stripped, width] = hidden.shape;
  const flat = tf.reshape(hidden, [rows * stripped, width]);
  return tf.gather(flat, real).dataSync<'float32'>();
}

function padded(batch: Batch, behind: number): Batch {
  const { size, sequence } = batch;
  const wider = <T extends Int32Array | Uint8Array>(values: T): number[] =>
    Array.from({ length: size * (sequence + behind) }, (_, index) => {
      const column = index % (sequence + behind);
      const row = Math.floor(index / (sequence + behind));
      return column < sequence ? (values[row * sequence + column] ?? 0) : 0;
    });
  return {
    ...batch,
    sequence: sequence + behind,
    inputIds: Int32Array.from(wider(batch.inputIds)),
    attentionMask: Uint8Array.from(wider(batch.attentionMask)),
    tokenTypeIds: Int32Array.from(wider(batch.tokenTypeIds)),
  };
}

/** `[rows, sequence, 1]`: 1 for real tokens, of a batch without slots. */
function maskOf({ attentionMask, size, sequence }: Batch): tf.Tensor3D {
  return tf.tensor3d(Float32Array.from(attentionMask), [size, sequence, 1]);
}

/** Hidden states of the real tokens, zero elsewhere, one after the other. */
export function realOnly(hidden: tf.Tensor3D, bare: Batch): Float32Array {
  const { size, sequence } = bare;
  const kept = tf.slice(hidden, [0, 0, 0], [size, sequence, hidden.shape[2]]);
  return tf.mul(kept, maskOf(bare)).dataSync<'float32'>();
}

/** Of the hidden states of real tokens, each with a weight of its own. */
export function gradientsOf(
  forward: (inputs: tf.Tensor[]) => tf.Tensor3D,
  inputs: tf.Tensor[],
  bare: Batch,
): tf.Tensor[] {
  const loss = (...given: tf.Tensor[]): tf.Scalar => {
    const hidden = forward(given);
    const scale = tf.mul(tf.tensor(hashed('gradient', hidden.shape), hidden.shape), maskOf(bare));
    return tf.sum(tf.mul(hidden, scale));
  };
  return tf.grads(loss)(inputs);
}

export function stored(reference: Weights, name: string): tf.Tensor {
  return tf.tensor(reference.float32(name), [...reference.shape(name)]);
}

export function prefixOf([keys, values]: readonly tf.Tensor[]): LayerPrefixes {
  const layers = keys?.shape[0] ?? 0;
  const layerOf = (all: tf.Tensor | undefined, layer: number): tf.Tensor =>
    tf.reshape(tf.slice(all ?? [], layer, 1), keys?.shape.slice(1) ?? []);
  const encoder = Array.from(
    { length: layers }, // Keys and values have the shape of a prefix, as stored.
    (_, layer) => ({ keys: layerOf(keys, layer), values: layerOf(values, layer) }) as LayerPrefix,
  );
  return { kind: 'layer-prefixes', sites: { encoder } };
}

/** A saved name without what task models put in front of it. */
export function shortName(name: string): string {
  return name.replace(/^(electra|albert|deberta)\./, '');
}

export function tokensOf(embeddings: tf.Tensor): Prompt {
  return { kind: 'virtual-tokens', embeddings: embeddings as tf.Tensor2D };
}
