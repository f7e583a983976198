import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../contract/batch.ts';
import type { LayerPrefix, Prompt } from '../contract/prompt.ts';
import { readBytes, readJson } from '../files/read-file.ts';
import { crossEntropy } from '../ops/cross-entropy.ts';
import { hashedWeights } from '../testing/hashed-weights.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import type { Backbone } from './backbone.ts';
import { createBackbone } from './create-backbone.ts';
import { decoderParameters, vocabularyLayer } from './decoder/decoder-parameters.ts';
import { readDecoder } from './families.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights, type Weights } from './weights/weights.ts';

/*
 * Tiny decoders and what Transformers computed with them, written by fixtures/make_decoders.py. For
 * tests.
 */

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
export const decoderConfigs = (await readJson(`${fixtures}/decoders.json`)) as Record<
  string,
  unknown
>;
const file = `${fixtures}/decoders.safetensors`;
const stored = await createWeights(parseSafetensors(await readBytes(file), file).tensors, file);
export const decoderNames = ['gpt2', 'llama', 'llama-scaled', 'qwen2', 'qwen3'];

export function loadDecoder(name: string): Backbone {
  const config = decoderConfigs[name];
  const spec = readDecoder(config, name);
  const shapes = new Map(
    decoderParameters(spec).map((parameter) => [parameter.name, parameter.shape]),
  );
  const bare = new Set([`${vocabularyLayer}.weight`]);
  const weights = hashedWeights(shapes, spec.checkpointPrefix, bare);
  return createBackbone({ id: name, config, weights, tokenizer: createTinyTokenizer() });
}

/** What Transformers computed for one model. */
export function referenceOf(name: string) {
  const shape = (part: string) => stored.shape(`${name}.${part}`);
  const values = (part: string) => stored.float32(`${name}.${part}`);
  return {
    values,
    tensor: (part: string): tf.Tensor => tf.tensor(values(part), [...shape(part)]),
    batch: (side: string, slots = 0): Batch => batchOf(stored, `${name}.${side}`, slots),
  };
}

/** The stored rows, with room for `slots` slots in front of each. */
function batchOf(weights: Weights, part: string, slots: number): Batch {
  const [size = 0, length = 0] = weights.shape(`${part}.input_ids`);
  const sequence = length + slots;
  const spread = (values: Float32Array, front: number) =>
    Array.from({ length: size * sequence }, (_, index) => {
      const column = (index % sequence) - slots;
      return column < 0 ? front : (values[Math.floor(index / sequence) * length + column] ?? 0);
    });
  return {
    size,
    sequence,
    inputIds: Int32Array.from(spread(weights.float32(`${part}.input_ids`), 0)),
    attentionMask: Uint8Array.from(spread(weights.float32(`${part}.attention_mask`), 1)),
    tokenTypeIds: new Int32Array(size * sequence),
    promptLength: slots,
    slots: Int32Array.from({ length: size * slots }, (_, index) => index % slots),
  };
}

/** Largest difference over the real tokens. */
export function largestDifference(actual: tf.Tensor, expected: tf.Tensor, batch: Batch): number {
  const [rows = 0, sequence = 0] = actual.shape;
  const all = tf.tensor3d(Float32Array.from(batch.attentionMask), [rows, batch.sequence, 1]);
  const mask = tf.slice(all, [0, batch.promptLength, 0], [rows, sequence, 1]);
  return tf.max(tf.mul(tf.abs(tf.sub(actual, expected)), mask)).dataSync()[0] ?? Number.NaN;
}

export function logitsOf(backbone: Backbone, hidden: tf.Tensor3D): tf.Tensor3D {
  const [rows, sequence, width] = hidden.shape;
  const flat = tf.reshape<tf.Rank.R2>(hidden, [rows * sequence, width]);
  const logits = backbone.vocabularyLogits?.(flat) ?? flat;
  return tf.reshape(logits, [rows, sequence, -1]);
}

/** Of each token given those before it, summed over the real ones. */
export function lossOf(logits: tf.Tensor3D, batch: Batch): tf.Scalar {
  const [rows, sequence, vocabulary] = logits.shape;
  const targets = Int32Array.from({ length: rows * sequence }, (_, index) => {
    const next = (index % sequence) + 1;
    const place = Math.floor(index / sequence) * batch.sequence + batch.promptLength + next;
    return next < sequence && batch.attentionMask[place] === 1
      ? (batch.inputIds[place] ?? 0)
      : -100;
  });
  return crossEntropy(tf.reshape(logits, [rows * sequence, vocabulary]), targets).sum;
}

export function prefixOf(keys: tf.Tensor, values: tf.Tensor): Prompt {
  const [allKeys, allValues] = [keys, values].map((all) => tf.unstack(all)) as [
    tf.Tensor3D[],
    tf.Tensor3D[],
  ];
  const decoder = allKeys.map(
    (own, layer) => ({ keys: own, values: allValues[layer] }) as LayerPrefix,
  );
  return { kind: 'layer-prefixes', sites: { decoder } };
}

/** Gradients of sums over many tokens are compared relative to the largest. */
export function relativeDifference(actual: tf.Tensor, expected: tf.Tensor): number {
  const scale = tf.max(tf.abs(expected));
  return tf.div(tf.max(tf.abs(tf.sub(actual, expected))), scale).dataSync()[0] ?? Number.NaN;
}
