import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../contract/batch.ts';
import type { Prompt } from '../contract/prompt.ts';
import { hashedWeights } from '../testing/hashed-weights.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import { createBackbone } from './create-backbone.ts';
import { decoderParameters } from './decoder/decoder-parameters.ts';
import {
  decoderConfigs,
  decoderNames,
  largestDifference,
  loadDecoder,
  logitsOf,
  lossOf,
  prefixOf,
  referenceOf,
  relativeDifference,
} from './decoder-case.ts';
import { readDecoder } from './families.ts';

describe.each(['cpu', 'wasm'])('decoders equal those of Transformers on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(decoderNames)('%s in hidden states and logits, padded on either side', (name) => {
    using backbone = loadDecoder(name);
    const { tensor, batch } = referenceOf(name);
    for (const side of ['right', 'left']) {
      const rows = batch(side);
      const hidden = backbone.forward(rows, { kind: 'none' });
      expect(largestDifference(hidden, tensor(`${side}.hidden`), rows)).toBeLessThan(1e-5);
      const logits = logitsOf(backbone, hidden);
      expect(largestDifference(logits, tensor(`${side}.logits`), rows)).toBeLessThan(1e-5);
    }
  });

  it.each(decoderNames)('%s behind a prefix, with its gradients', (name) => {
    using backbone = loadDecoder(name);
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

  it.each(decoderNames)('%s behind virtual tokens, with their gradient', (name) => {
    using backbone = loadDecoder(name);
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

  it.each(decoderNames)('%s takes the keys and values of a text in place of the text', (name) => {
    using backbone = loadDecoder(name);
    const whole = backbone.forward(sequence([...text, ...rest]), { kind: 'none' });
    const decoder = backbone.keysAndValuesOf(text);
    const behind = backbone.forward(sequence(rest), { kind: 'layer-prefixes', sites: { decoder } });
    const expected = tf.slice(whole, [0, text.length, 0], [1, rest.length, -1]);
    expect(tf.max(tf.abs(tf.sub(behind, expected))).dataSync()[0]).toBeLessThan(1e-5);
  });

  it.each(decoderNames)('%s takes the embeddings of a text in place of the text', (name) => {
    using backbone = loadDecoder(name);
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

  it.each(decoderNames)('%s gives an empty prefix the bits of no prefix', (name) => {
    using backbone = loadDecoder(name);
    const { numLayers, numKeyValueHeads, headSize } = backbone.geometry;
    const empty = tf.zeros<tf.Rank.R3>([numKeyValueHeads, 0, headSize]);
    const decoder = Array.from({ length: numLayers }, () => ({ keys: empty, values: empty }));
    const bare = backbone.forward(sequence(text), { kind: 'none' });
    const behind = backbone.forward(sequence(text), { kind: 'layer-prefixes', sites: { decoder } });
    expect(behind.dataSync()).toEqual(bare.dataSync());
  });

  it('without a vocabulary layer cannot continue texts, and can classify them', () => {
    const spec = readDecoder(decoderConfigs['llama'], 'llama');
    const parameters = decoderParameters(spec, () => false);
    const shapes = new Map(parameters.map((parameter) => [parameter.name, parameter.shape]));
    const weights = hashedWeights(shapes, spec.checkpointPrefix);
    const parts = {
      id: 'llama',
      config: decoderConfigs['llama'],
      weights,
      tokenizer: createTinyTokenizer(),
    };
    using backbone = createBackbone(parts);
    expect(backbone.vocabularyLogits).toBeNull();
    expect(Object.keys(backbone.heads)).toEqual([
      'sequence-classification',
      'multiple-choice',
      'token-classification',
    ]);
  });

  it.each(decoderNames)('%s reads the last position where a row is summed up', (name) => {
    using backbone = loadDecoder(name);
    const { batch } = referenceOf(name);
    const rows = batch('right');
    const all = backbone.forward(rows, { kind: 'none' });
    const last = backbone.forward(rows, { kind: 'none' }, { read: 'summary' });
    const expected = tf.stack([6, 3, 0].map((at, row) => tf.slice(all, [row, at, 0], [1, 1, -1])));
    expect(last.shape).toEqual([3, 1, 40]);
    expect(last.dataSync()).toEqual(expected.dataSync());
  });
});
