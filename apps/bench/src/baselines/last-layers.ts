import { defineMethod } from '@ptl/core';
import * as z from 'zod';
import { createUnfrozenTuner } from './unfrozen-tuner.ts';

/**
 * Trains the last `layers` layers of the backbone, and the head.
 *
 * What lies behind the last layer, such as a pooler, belongs to no layer and stays frozen.
 */
export const lastLayers = defineMethod({
  name: 'last-layers',
  configSchema: z.strictObject({
    /** How many; more than the backbone has trains all of them. */
    layers: z.int().positive().default(2),
    /** Whether the backbone runs with its own dropout in training. */
    frozenDropout: z.boolean().default(true),
  }),
  architectures: ['encoder'],
  tasks: ['sequence-classification', 'token-classification'],
  createTuner: ({ backbone, config, variables }) => {
    const first = backbone.geometry.numLayers - config.layers;
    return createUnfrozenTuner({
      variables,
      unfrozen: backbone.parameters
        .filter(({ layer }) => layer !== null && layer >= first)
        .map(({ name }) => name),
      frozenDropout: config.frozenDropout,
    });
  },
});
