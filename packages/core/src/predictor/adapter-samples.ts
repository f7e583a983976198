import type * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import type { Backbone } from '../backbone/backbone.ts';
import { normal } from '../contract/initializers.ts';
import { splitLayerPrefixes } from '../contract/layer-prefixes.ts';
import { defineMethod, type Tuner } from '../contract/method.ts';
import { createModel } from '../model/create-model.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { tokenClassification } from '../task/token-classification.ts';

const common = {
  architectures: ['encoder'],
  tasks: ['sequence-classification', 'token-classification'],
} as const;

const prefixes = defineMethod({
  ...common,
  name: 'test-prefix',
  configSchema: z.strictObject({
    length: z.int().default(3),
    skip: z.int().default(0),
    unfrozen: z.array(z.string()).default([]),
  }),
  createTuner({ backbone, config, variables }): Tuner {
    const { length, skip, unfrozen } = config;
    const flat = variables.create('flat', (seed) => normal<tf.Rank.R2>([length, 32], 1, seed));
    return {
      variables,
      layout: { kind: 'none' },
      promptLength: length,
      unfrozen,
      prompt: () => {
        const layers = splitLayerPrefixes(flat, backbone.geometry);
        const encoder = layers.map((layer, index) => (index < skip ? null : layer));
        return { kind: 'layer-prefixes', sites: { encoder } };
      },
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

const slots = defineMethod({
  ...common,
  name: 'test-slots',
  configSchema: z.strictObject({
    length: z.int().default(2),
    at: z.enum(['front', 'after-first', 'end']).default('front'),
  }),
  createTuner({ config: { at, length }, variables }): Tuner {
    const rows = variables.create('rows', (seed) => normal<tf.Rank.R2>([length, 8], 1, seed));
    return {
      variables,
      layout: { kind: 'placed', at, length },
      promptLength: length,
      prompt: () => ({ kind: 'virtual-tokens', embeddings: rows }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

const texts = sequenceClassification({ labels: ['bad', 'fair', 'good'] });
const tags = tokenClassification({ labels: ['O', 'B-X'] });

type Rules = Pick<Parameters<typeof createModel>[0], 'positionOffset' | 'semantics'>;

/** A model with a prefix of random values. */
export function prefixModel(
  backbone: Backbone,
  config: { length?: number; skip?: number; unfrozen?: string[] } = {},
  rules: Rules & { seed?: number } = {},
) {
  return createModel({ backbone, method: prefixes, config, task: texts, ...rules });
}

/** A model with virtual tokens of random values. */
export function slotModel(
  backbone: Backbone,
  config: { length?: number; at?: 'front' | 'after-first' | 'end' } = {},
  rules: Rules & { seed?: number } = {},
) {
  return createModel({ backbone, method: slots, config, task: texts, ...rules });
}

/** A model that tags words, with virtual tokens or a prefix. */
export function tagModel(backbone: Backbone, kind: 'prefix' | 'slots', seed: number) {
  const [task, config] = [tags, { length: 4 }];
  return kind === 'prefix'
    ? createModel({ backbone, method: prefixes, config, task, seed })
    : createModel({ backbone, method: slots, config, task, seed });
}
