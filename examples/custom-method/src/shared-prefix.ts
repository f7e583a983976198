import { defineMethod, normal, type Prompt, type Tuner, type TunerContext } from '@ptl/core';
import type * as tf from '@tensorflow/tfjs';
import * as z from 'zod';

const configSchema = z.strictObject({
  /** Positions of the one prefix. */
  prefixLength: z.int().positive().default(8),
});

/**
 * Holds one prefix that every layer sees, an ablation of prefix-tuning: the same keys and values,
 * whatever the depth.
 *
 * Trainable parameters, with `P` positions, `H` key-value heads of size `D`: `2PHD`.
 */
class SharedPrefix implements Tuner {
  readonly layout = { kind: 'none' } as const;
  readonly promptLength: number;
  readonly variables: Tuner['variables'];
  readonly #numLayers: number;
  readonly #keys: tf.Tensor3D;
  readonly #values: tf.Tensor3D;

  constructor({ backbone, config, variables }: TunerContext<z.output<typeof configSchema>>) {
    const { numKeyValueHeads, headSize, numLayers } = backbone.geometry;
    const shape: [number, number, number] = [numKeyValueHeads, config.prefixLength, headSize];
    this.promptLength = config.prefixLength;
    this.variables = variables;
    this.#numLayers = numLayers;
    this.#keys = variables.create('keys', (seed) => normal<tf.Rank.R3>(shape, 0.02, seed));
    this.#values = variables.create('values', (seed) => normal<tf.Rank.R3>(shape, 0.02, seed));
  }

  prompt(): Prompt {
    const prefix = { keys: this.#keys, values: this.#values };
    const encoder = Array.from({ length: this.#numLayers }, () => prefix);
    return { kind: 'layer-prefixes', sites: { encoder } };
  }

  [Symbol.dispose](): void {
    this.variables[Symbol.dispose]();
  }
}

export const sharedPrefix = defineMethod({
  name: 'shared-prefix',
  configSchema,
  architectures: ['encoder'],
  tasks: ['sequence-classification', 'token-classification'],
  createTuner: (context) => new SharedPrefix(context),
});
