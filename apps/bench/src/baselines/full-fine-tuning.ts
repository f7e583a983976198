import { defineMethod } from '@ptl/core';
import * as z from 'zod';
import { createUnfrozenTuner } from './unfrozen-tuner.ts';
import { usedParameters } from './used-parameters.ts';

/** Trains every weight of the backbone, embeddings included, and the head: what prompts are measured against. */
export const fullFineTuning = defineMethod({
  name: 'full-fine-tuning',
  configSchema: z.strictObject({
    /** Whether the backbone runs with its own dropout in training, as BERT's authors fine-tune it. */
    frozenDropout: z.boolean().default(true),
  }),
  architectures: ['encoder', 'decoder'],
  tasks: ['sequence-classification', 'token-classification'],
  createTuner: ({ backbone, task, config, variables }) =>
    createUnfrozenTuner({
      variables,
      unfrozen: usedParameters(backbone, task),
      frozenDropout: config.frozenDropout,
    }),
});
