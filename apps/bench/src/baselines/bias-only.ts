import { defineMethod } from '@ptl/core';
import * as z from 'zod';
import { createUnfrozenTuner } from './unfrozen-tuner.ts';
import { usedParameters } from './used-parameters.ts';

/**
 * Trains the bias of each linear layer and each normalization, and the head.
 *
 * @see Ben Zaken et al., BitFit: Simple Parameter-efficient Fine-tuning for Transformer-based
 * Masked Language-models, 2022.
 */
export const biasOnly = defineMethod({
  name: 'bias-only',
  configSchema: z.strictObject({
    /** Whether the backbone runs with its own dropout in training. */
    frozenDropout: z.boolean().default(true),
  }),
  architectures: ['encoder'],
  tasks: ['sequence-classification', 'token-classification'],
  createTuner: ({ backbone, task, config, variables }) =>
    createUnfrozenTuner({
      variables,
      unfrozen: usedParameters(backbone, task).filter((name) => name.endsWith('.bias')),
      frozenDropout: config.frozenDropout,
    }),
});
