import {
  type Backbone,
  createModel,
  defineMethod,
  sequenceClassification,
  sequenceToSequence,
  train,
} from '@ptl/core';
import { createTinyBackbone, createTinyDecoder, createTinyEncoderDecoder } from '@ptl/core/testing';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';

beforeAll(() => tf.setBackend('cpu'));

const labels = ['good', 'bad'] as const;
const rows = ['the film was good', 'a bad time', 'the place was long and it was bad', 'good'].map(
  (text, row) => ({ text, label: labels[row % 2] ?? 'good' }),
);

const methods = {
  'P-tuning v2': { method: pTuningV2, config: { promptLength: 3 } },
  'P-tuning v2 in one layer': {
    method: pTuningV2,
    config: { promptLength: 3, layers: { last: 1 }, frozenDropout: false },
  },
  'prefix-tuning': { method: prefix, config: { prefixLength: 3 } },
  'prompt tuning': { method: promptTuning, config: { promptLength: 3 } },
} as const;

const backbones = { encoder: createTinyBackbone, decoder: createTinyDecoder };

/** Trains three steps; what the variables are then, and the most bytes there were when a loss was computed. */
async function trained(
  backbone: Backbone,
  name: keyof typeof methods,
  activationCheckpointing: boolean,
) {
  const { method, config } = methods[name];
  const plain = sequenceClassification({ labels });
  let bytes = 0;
  const task: typeof plain = {
    ...plain,
    loss: (...given) => {
      bytes = Math.max(bytes, tf.memory().numBytes);
      return plain.loss(...given);
    },
  };
  // Each method has a config of its own; they are paired above.
  const options = { backbone, method, config, task, seed: 1, activationCheckpointing };
  using model = createModel(options as Parameters<typeof createModel>[0]);
  const before = tf.memory();
  await train(model, { train: rows, epochs: 3, batchSize: 4, seed: 2, progress: 'none' });
  const { numTensors } = tf.memory();
  const values = [...model.trainableVariables.values()].map((variable) => variable.arraySync());
  return { values, bytes: bytes - before.numBytes, left: numTensors - before.numTensors };
}

describe('activation checkpointing', () => {
  for (const [architecture, create] of Object.entries(backbones)) {
    it.each(Object.keys(methods) as (keyof typeof methods)[])(
      `trains as without it, in less memory, in an ${architecture}: %s`,
      async (name) => {
        using backbone = create();
        const plain = await trained(backbone, name, false);
        const checkpointed = await trained(backbone, name, true);
        expect(checkpointed.values).toEqual(plain.values);
        expect([checkpointed.left, plain.left]).toEqual([0, 0]);
        expect(checkpointed.bytes).toBeLessThan(plain.bytes);
      },
    );
  }

  it('is refused where it would lose gradients', () => {
    const task = sequenceClassification({ labels });
    using backbone = createTinyBackbone();
    const unfreezing = defineMethod({
      name: 'unfreezing',
      configSchema: z.strictObject({}),
      architectures: ['encoder'],
      tasks: ['sequence-classification'],
      createTuner: ({ variables }) => ({
        variables,
        layout: { kind: 'none' },
        promptLength: 0,
        unfrozen: ['encoder.layer.0.output.dense.bias'],
        prompt: () => ({ kind: 'none' }),
        [Symbol.dispose]: () => variables[Symbol.dispose](),
      }),
    });
    const before = tf.memory().numTensors;
    expect(() =>
      createModel({ backbone, method: unfreezing, task, activationCheckpointing: true }),
    ).toThrow(/activationCheckpointing: A model that trains weights of the backbone/);
    expect(tf.memory().numTensors).toBe(before);
    using both = createTinyEncoderDecoder();
    const promptOptions = { backbone: both, method: promptTuning, activationCheckpointing: true };
    expect(() => createModel({ ...promptOptions, task: sequenceToSequence() })).toThrow(
      /activationCheckpointing: An encoder-decoder/,
    );
  });
});
