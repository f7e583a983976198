import type * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import type { Backbone, ForwardOptions } from '../backbone/backbone.ts';
import type { Batch } from '../contract/batch.ts';
import { normal } from '../contract/initializers.ts';
import { layerChoiceSchema, prefixLengths } from '../contract/layer-choice.ts';
import { defineMethod, type Tuner, taskKinds } from '../contract/method.ts';
import { PrefixPlan } from '../contract/prefix-plan.ts';

/** Prefixes in some layers, or unfrozen weights without any; for tests of what is remembered. */
export const windowMethod = defineMethod({
  name: 'test-window',
  configSchema: z.strictObject({
    layers: layerChoiceSchema.nullable().default(null),
    length: z.int().default(3),
    frozenDropout: z.boolean().default(false),
    unfrozen: z.array(z.string()).default([]),
  }),
  architectures: ['encoder', 'decoder'],
  tasks: taskKinds,
  createTuner({ backbone: { geometry }, config, variables }): Tuner {
    const { layers, length, frozenDropout, unfrozen } = config;
    const base = { variables, layout: { kind: 'none' } as const, frozenDropout, unfrozen };
    const end = { [Symbol.dispose]: () => variables[Symbol.dispose]() };
    if (!layers) return { ...base, ...end, promptLength: 0, prompt: () => ({ kind: 'none' }) };
    const choice = { method: 'test-window', layers, length, lengthField: 'length' };
    const plan = new PrefixPlan(prefixLengths(choice, geometry.numLayers), geometry);
    const [rows, columns] = plan.tableShape;
    const table = variables.create('table', (seed) => normal<tf.Rank.R2>([rows, columns], 1, seed));
    const [site = 'encoder'] = geometry.attentionSites;
    return {
      ...base,
      ...end,
      promptLength: length,
      prompt: ({ dropout }) => ({
        kind: 'layer-prefixes',
        sites: { [site]: plan.fromTable(dropout(table, 0.2, 'table')) },
      }),
    };
  },
});

/** A pass of a backbone. */
export interface WatchedPass extends ForwardOptions {
  readonly batch: Batch;
}

/** The same backbone, which tells of its passes. It shares the weights. */
export function watched(backbone: Backbone): { backbone: Backbone; passes: WatchedPass[] } {
  const passes: WatchedPass[] = [];
  const forward: Backbone['forward'] = (batch, prompt, options = {}) => {
    passes.push({ ...options, batch });
    return backbone.forward(batch, prompt, options);
  };
  return { backbone: { ...backbone, forward }, passes };
}
