import { toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  batchOf,
  families,
  gradientsOf,
  loadCase,
  prefixOf,
  promptLength,
  realOnly,
  stored,
  tokensOf,
} from '../../../packages/core/src/backbone/encoder-case.ts';
import { useTestEngine } from '../use-test-engine.ts';

expect.extend({ toBeAllClose });

// Core runs the same on the engines that TF.js brings itself.
describe.each(families)('%s on TensorFlow', (family) => {
  it('gives the hidden states and gradients of Transformers', async (context) => {
    await useTestEngine('tensorflow', context);
    const { backbone, reference } = await loadCase(family);
    const bare = batchOf(reference, 'batch');
    const slotted = batchOf(reference, 'batch', { slots: promptLength });
    const prefix = ['keys', 'values'].map((part) => stored(reference, `prefix.${part}`));
    const prompt = stored(reference, 'prompt.vectors');
    const behindPrefix = (given: tf.Tensor[]) => backbone.forward(bare, prefixOf(given));
    const behindPrompt = ([given = prompt]: tf.Tensor[]) =>
      backbone.forward(slotted, tokensOf(given));
    const hidden = {
      batch: backbone.forward(bare, { kind: 'none' }),
      prefix: behindPrefix(prefix),
      prompt: behindPrompt([prompt]),
    };
    for (const [name, actual] of Object.entries(hidden)) {
      const expected = tf.tensor3d(reference.float32(`${name}.hidden`), actual.shape);
      const wanted = realOnly(expected, bare);
      expect(realOnly(actual, bare), name).toBeAllClose(wanted, { absolute: 1e-5, relative: 0 });
    }
    const gradients = [
      ...gradientsOf(behindPrefix, prefix, bare),
      ...gradientsOf(behindPrompt, [prompt], bare),
    ];
    const names = ['prefix.gradient.keys', 'prefix.gradient.values', 'prompt.gradient'];
    for (const [index, name] of names.entries()) {
      const wanted = reference.float32(name);
      const tolerance = { absolute: 2e-5, relative: 1e-4 };
      expect(gradients[index]?.dataSync(), name).toBeAllClose(wanted, tolerance);
    }
    backbone[Symbol.dispose]();
  });
});
