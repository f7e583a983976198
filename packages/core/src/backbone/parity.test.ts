import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../contract/batch.ts';
import type { LayerPrefix, Prompt } from '../contract/prompt.ts';
import { readBytes } from '../files/read-file.ts';
import { fixtureFolder, loadFixtureBackbone } from '../testing/fixture-checkpoint.ts';
import { collate } from '../tokenizer/collate.ts';
import type { Backbone } from './backbone.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights, type Weights } from './weights/weights.ts';

/** The stored batch, with room for `slots` slots in front of each row. */
function batchOf(reference: Weights, name: string, slots = 0): Batch {
  const [rows = 0, sequence = 0] = reference.shape(`${name}.input_ids`);
  const read = (part: string, otherwise: number): Float32Array =>
    reference.has(`${name}.${part}`)
      ? reference.float32(`${name}.${part}`)
      : new Float32Array(rows * sequence).fill(otherwise);
  const row = (values: Float32Array, index: number): number[] => [
    ...values.subarray(index * sequence, (index + 1) * sequence),
  ];
  const mask = read('attention_mask', 1);
  const encoded = Array.from({ length: rows }, (_, index) => {
    const length = row(mask, index).filter((value) => value === 1).length;
    const front = Array.from({ length: slots }, () => 0);
    return {
      inputIds: [...front, ...row(read('input_ids', 0), index).slice(0, length)],
      tokenTypeIds: [...front, ...row(read('token_type_ids', 0), index).slice(0, length)],
      slots: front.map((_zero, slot) => slot),
      truncatedTokens: 0,
    };
  });
  return collate(encoded, 0);
}

/** Largest difference over the real tokens; `expected` has the slots' rows in front of each row. */
function largestDifference(actual: tf.Tensor3D, expected: Float32Array, batch: Batch): number {
  const [rows, sequence, hidden] = actual.shape;
  const from = [0, batch.promptLength, 0];
  const full = tf.tensor3d(expected, [rows, batch.sequence, hidden]);
  const mask = tf.tensor3d(Float32Array.from(batch.attentionMask), [rows, batch.sequence, 1]);
  const differences = tf.abs(tf.sub(actual, tf.slice(full, from, [rows, sequence, hidden])));
  return (
    tf.max(tf.mul(differences, tf.slice(mask, from, [rows, sequence, 1]))).dataSync()[0] ??
    Number.NaN
  );
}

function prefixOf(reference: Weights): Prompt {
  const [layers = 0, ...shape] = reference.shape('prefix.keys');
  const stacked = ['keys', 'values'].map((part) =>
    tf.unstack(tf.tensor(reference.float32(`prefix.${part}`), [layers, ...shape])),
  ) as [tf.Tensor3D[], tf.Tensor3D[]]; // Keys and values of each layer.
  const encoder = stacked[0].map(
    (keys, layer) => ({ keys, values: stacked[1][layer] }) as LayerPrefix,
  );
  return { kind: 'layer-prefixes', sites: { encoder } };
}

async function readWeights(file: string): Promise<Weights> {
  return createWeights(parseSafetensors(await readBytes(file), file).tensors, file);
}

describe.each(['cpu', 'wasm'])('hidden states equal those of Transformers on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  async function load(family: string): Promise<[Backbone, Weights]> {
    const reference = await readWeights(`${fixtureFolder(family)}/reference.safetensors`);
    return [await loadFixtureBackbone(family), reference];
  }

  it.each(['bert', 'roberta', 'distilbert'])('for %s, with and without padding', async (family) => {
    const [backbone, reference] = await load(family);
    for (const name of ['batch', 'single']) {
      const batch = batchOf(reference, name);
      const hidden = backbone.forward(batch, { kind: 'none' });
      const expected = reference.float32(`${name}.hidden`);
      expect(largestDifference(hidden, expected, batch)).toBeLessThan(2e-5);
    }
    backbone[Symbol.dispose]();
  });

  it.each(['bert', 'roberta'])('for %s behind a prefix', async (family) => {
    const [backbone, reference] = await load(family);
    const batch = batchOf(reference, 'batch');
    const hidden = backbone.forward(batch, prefixOf(reference));
    const expected = reference.float32('prefix.hidden');
    expect(largestDifference(hidden, expected, batch)).toBeLessThan(2e-5);
    const unshifted = backbone.forward(batch, prefixOf(reference), { positionOffset: 'none' });
    expect(largestDifference(unshifted, expected, batch)).toBeGreaterThan(1e-3);
    backbone[Symbol.dispose]();
  });

  it.each(['bert', 'roberta', 'distilbert'])('for %s behind virtual tokens', async (family) => {
    const [backbone, reference] = await load(family);
    const batch = batchOf(reference, 'batch', 4);
    const vectors = tf.tensor2d(reference.float32('prompt.vectors'), [4, 40]);
    const hidden = backbone.forward(batch, { kind: 'virtual-tokens', embeddings: vectors });
    const expected = reference.float32('prompt.hidden');
    expect(largestDifference(hidden, expected, batch)).toBeLessThan(2e-5);
    backbone[Symbol.dispose]();
  });

  it('for the pooler of BERT', async () => {
    const [backbone, reference] = await load('bert');
    const hidden = backbone.forward(batchOf(reference, 'batch'), { kind: 'none' });
    const first = tf.reshape(tf.slice(hidden, [0, 0, 0], [3, 1, 40]), [3, 40]);
    const pooled = backbone.heads['sequence-classification']?.pooler?.(first as tf.Tensor2D);
    const expected = tf.tensor2d(reference.float32('batch.pooled'), [3, 40]);
    expect(tf.max(tf.abs(tf.sub(pooled ?? 0, expected))).dataSync()[0]).toBeLessThan(1e-5);
    backbone[Symbol.dispose]();
  });
});
