import { normal } from '@ptl/core';
import { createTinyBackbone, toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { useTestEngine } from '../use-test-engine.ts';

expect.extend({ toBeAllClose });

const batch = {
  size: 1,
  sequence: 3,
  inputIds: Int32Array.of(2, 7, 3),
  attentionMask: new Uint8Array(3).fill(1),
  tokenTypeIds: new Int32Array(3),
  promptLength: 0,
  slots: new Int32Array(),
};

/** Gradients of every bias but those of norms, by name. */
function biasGradients(): Map<string, Float32Array> {
  using backbone = createTinyBackbone();
  const names = backbone.parameters
    .map(({ name }) => name)
    .filter((name) => name.startsWith('encoder') && name.endsWith('bias') && !/Norm/.test(name));
  const gradients = tf.grads((...values: tf.Tensor[]) => {
    const weights = new Map(names.map((name, index) => [name, values[index] as tf.Tensor]));
    const hidden = backbone.forward(batch, { kind: 'none' }, { weights });
    return tf.sum(tf.mul(hidden, normal(hidden.shape, 1, 1)));
  })(names.map((name) => backbone.weight(name)));
  return new Map(
    names.map((name, index) => [
      name,
      gradients[index]?.dataSync<'float32'>() ?? new Float32Array(),
    ]),
  );
}

it('gives trained biases the same gradients in fused kernels as composed', async (context) => {
  await useTestEngine('wasm', context);
  const composed = biasGradients();
  await useTestEngine('tensorflow', context);
  const fused = biasGradients();
  expect(composed.size).toBe(12);
  for (const [name, gradient] of composed) {
    expect(fused.get(name), name).toBeAllClose(gradient, { absolute: 1e-4, relative: 1e-4 });
  }
});
