import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
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

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const configs = (await readJson(`${fixtures}/decoders.json`)) as Record<string, unknown>;
const file = `${fixtures}/decoders.safetensors`;
const stored = await createWeights(parseSafetensors(await readBytes(file), file).tensors, file);
const names = ['gpt2', 'llama', 'llama-scaled', 'qwen2', 'qwen3'];

function load(name: string): Backbone {
  const config = configs[name];
  const spec = readDecoder(config, name);
  const shapes = new Map(
    decoderParameters(spec).map((parameter) => [parameter.name, parameter.shape]),
  );
  const bare = new Set([`${vocabularyLayer}.weight`]);
  const weights = hashedWeights(shapes, spec.checkpointPrefix, bare);
  return createBackbone({ id: name, config, weights, tokenizer: createTinyTokenizer() });
}

/** What Transformers computed for one model. */
function referenceOf(name: string) {
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
function largestDifference(actual: tf.Tensor, expected: tf.Tensor, batch: Batch): number {
  const [rows = 0, sequence = 0] = actual.shape;
  const all = tf.tensor3d(Float32Array.from(batch.attentionMask), [rows, batch.sequence, 1]);
  const mask = tf.slice(all, [0, batch.promptLength, 0], [rows, sequence, 1]);
  return tf.max(tf.mul(tf.abs(tf.sub(actual, expected)), mask)).dataSync()[0] ?? Number.NaN;
}

function logitsOf(backbone: Backbone, hidden: tf.Tensor3D): tf.Tensor3D {
  const [rows, sequence, width] = hidden.shape;
  const flat = tf.reshape<tf.Rank.R2>(hidden, [rows * sequence, width]);
  const logits = backbone.vocabularyLogits?.(flat) ?? flat;
  return tf.reshape(logits, [rows, sequence, -1]);
}

/** Of each token given those before it, summed over the real ones. */
function lossOf(logits: tf.Tensor3D, batch: Batch): tf.Scalar {
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

function prefixOf(keys: tf.Tensor, values: tf.Tensor): Prompt {
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
function relativeDifference(actual: tf.Tensor, expected: tf.Tensor): number {
  const scale = tf.max(tf.abs(expected));
  return tf.div(tf.max(tf.abs(tf.sub(actual, expected))), scale).dataSync()[0] ?? Number.NaN;
}

describe.each(['cpu', 'wasm'])('decoders equal those of Transformers on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(names)('%s in hidden states and logits, padded on either side', (name) => {
    using backbone = load(name);
    const { tensor, batch } = referenceOf(name);
    for (const side of ['right', 'left']) {
      const rows = batch(side);
      const hidden = backbone.forward(rows, { kind: 'none' });
      expect(largestDifference(hidden, tensor(`${side}.hidden`), rows)).toBeLessThan(1e-5);
      const logits = logitsOf(backbone, hidden);
      expect(largestDifference(logits, tensor(`${side}.logits`), rows)).toBeLessThan(1e-5);
    }
  });

  it.each(names)('%s behind a prefix, with its gradients', (name) => {
    using backbone = load(name);
    const { tensor, values, batch } = referenceOf(name);
    const rows = batch('right');
    const logits = (keys: tf.Tensor, own: tf.Tensor): tf.Tensor3D =>
      logitsOf(backbone, backbone.forward(rows, prefixOf(keys, own)));
    const given: [tf.Tensor, tf.Tensor] = [tensor('prefix.keys'), tensor('prefix.values')];
    const actual = logits(...given);
    expect(largestDifference(actual, tensor('prefix.logits'), rows)).toBeLessThan(1e-5);
    const { value, grads } = tf.valueAndGrads((...parts: tf.Tensor[]) =>
      lossOf(logits(...(parts as [tf.Tensor, tf.Tensor])), rows),
    )(given);
    expect(value.dataSync()[0]).toBeCloseTo(values('prefix.loss')[0] ?? Number.NaN, 4);
    for (const [index, part] of ['keys', 'values'].entries()) {
      const gradient = grads[index] as tf.Tensor; // One for each input.
      expect(relativeDifference(gradient, tensor(`prefix.${part}_gradient`))).toBeLessThan(2e-5);
    }
  });

  it.each(names)('%s behind virtual tokens, with their gradient', (name) => {
    using backbone = load(name);
    const { tensor, batch } = referenceOf(name);
    const rows = batch('right', 4);
    const logits = (embeddings: tf.Tensor): tf.Tensor3D => {
      const prompt: Prompt = { kind: 'virtual-tokens', embeddings: embeddings as tf.Tensor2D };
      return logitsOf(backbone, backbone.forward(rows, prompt));
    };
    const vectors = tensor('prompt.vectors');
    expect(largestDifference(logits(vectors), tensor('prompt.logits'), rows)).toBeLessThan(1e-5);
    const gradient = tf.grad((x: tf.Tensor) => lossOf(logits(x), rows))(vectors);
    expect(relativeDifference(gradient, tensor('prompt.gradient'))).toBeLessThan(2e-5);
  });
});

describe('a decoder', () => {
  const sequence = (ids: readonly number[]): Batch => ({
    size: 1,
    sequence: ids.length,
    inputIds: Int32Array.from(ids),
    attentionMask: new Uint8Array(ids.length).fill(1),
    tokenTypeIds: new Int32Array(ids.length),
    promptLength: 0,
    slots: new Int32Array(),
  });
  const [text, rest] = [
    [7, 31, 12, 66],
    [5, 40, 9],
  ];

  it.each(names)('%s takes the keys and values of a text in place of the text', (name) => {
    using backbone = load(name);
    const whole = backbone.forward(sequence([...text, ...rest]), { kind: 'none' });
    const decoder = backbone.keysAndValuesOf(text);
    const behind = backbone.forward(sequence(rest), { kind: 'layer-prefixes', sites: { decoder } });
    const expected = tf.slice(whole, [0, text.length, 0], [1, rest.length, -1]);
    expect(tf.max(tf.abs(tf.sub(behind, expected))).dataSync()[0]).toBeLessThan(1e-5);
  });

  it.each(names)('%s takes the embeddings of a text in place of the text', (name) => {
    using backbone = load(name);
    const whole = backbone.forward(sequence([...text, ...rest]), { kind: 'none' });
    const batch = sequence([0, 0, 0, 0, ...rest]);
    const slots = Int32Array.from([0, 1, 2, 3]);
    const embeddings = backbone.embeddingsOf(text);
    const behind = backbone.forward(
      { ...batch, promptLength: 4, slots },
      { kind: 'virtual-tokens', embeddings },
    );
    const expected = tf.slice(whole, [0, text.length, 0], [1, rest.length, -1]);
    expect(tf.max(tf.abs(tf.sub(behind, expected))).dataSync()[0]).toBeLessThan(1e-5);
  });

  it.each(names)('%s gives an empty prefix the bits of no prefix', (name) => {
    using backbone = load(name);
    const { numLayers, numKeyValueHeads, headSize } = backbone.geometry;
    const empty = tf.zeros<tf.Rank.R3>([numKeyValueHeads, 0, headSize]);
    const decoder = Array.from({ length: numLayers }, () => ({ keys: empty, values: empty }));
    const bare = backbone.forward(sequence(text), { kind: 'none' });
    const behind = backbone.forward(sequence(text), { kind: 'layer-prefixes', sites: { decoder } });
    expect(behind.dataSync()).toEqual(bare.dataSync());
  });

  it('without a vocabulary layer cannot continue texts, and can classify them', () => {
    const spec = readDecoder(configs['llama'], 'llama');
    const parameters = decoderParameters(spec, () => false);
    const shapes = new Map(parameters.map((parameter) => [parameter.name, parameter.shape]));
    const weights = hashedWeights(shapes, spec.checkpointPrefix);
    const parts = {
      id: 'llama',
      config: configs['llama'],
      weights,
      tokenizer: createTinyTokenizer(),
    };
    using backbone = createBackbone(parts);
    expect(backbone.vocabularyLogits).toBeNull();
    expect(Object.keys(backbone.heads)).toEqual([
      'sequence-classification',
      'token-classification',
    ]);
  });

  it.each(names)('%s reads the last position where a row is summed up', (name) => {
    using backbone = load(name);
    const { batch } = referenceOf(name);
    const rows = batch('right');
    const all = backbone.forward(rows, { kind: 'none' });
    const last = backbone.forward(rows, { kind: 'none' }, { read: 'summary' });
    const expected = tf.stack([6, 3, 0].map((at, row) => tf.slice(all, [row, at, 0], [1, 1, -1])));
    expect(last.shape).toEqual([3, 1, 40]);
    expect(last.dataSync()).toEqual(expected.dataSync());
  });
});
