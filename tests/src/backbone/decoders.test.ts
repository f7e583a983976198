import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  decoderNames,
  largestDifference,
  loadDecoder,
  logitsOf,
  lossOf,
  prefixOf,
  referenceOf,
  relativeDifference,
} from '../../../packages/core/src/backbone/decoder-case.ts';
import { useTestEngine } from '../use-test-engine.ts';

// Core runs the same on the engines that TF.js brings itself.
describe.each(decoderNames)('%s on TensorFlow', (name) => {
  it('gives the logits of Transformers, padded on either side', async (context) => {
    await useTestEngine('tensorflow', context);
    using backbone = loadDecoder(name);
    const { tensor, batch } = referenceOf(name);
    for (const side of ['right', 'left']) {
      const rows = batch(side);
      const logits = logitsOf(backbone, backbone.forward(rows, { kind: 'none' }));
      expect(largestDifference(logits, tensor(`${side}.logits`), rows)).toBeLessThan(1e-5);
    }
  });

  it('gives the logits and gradients of PyTorch behind a prefix', async (context) => {
    await useTestEngine('tensorflow', context);
    using backbone = loadDecoder(name);
    const { tensor, batch } = referenceOf(name);
    const rows = batch('right');
    const logits = (keys: tf.Tensor, values: tf.Tensor): tf.Tensor3D =>
      logitsOf(backbone, backbone.forward(rows, prefixOf(keys, values)));
    const given: [tf.Tensor, tf.Tensor] = [tensor('prefix.keys'), tensor('prefix.values')];
    const difference = largestDifference(logits(...given), tensor('prefix.logits'), rows);
    expect(difference).toBeLessThan(1e-5);
    const gradients = tf.grads((...parts: tf.Tensor[]) =>
      lossOf(logits(...(parts as [tf.Tensor, tf.Tensor])), rows),
    )(given);
    for (const [index, part] of ['keys', 'values'].entries()) {
      const gradient = gradients[index] as tf.Tensor; // One for each input.
      expect(relativeDifference(gradient, tensor(`prefix.${part}_gradient`))).toBeLessThan(2e-5);
    }
  });
});
