import { defineMethod } from '@ptl/core';
import * as z from 'zod';
import { createUnfrozenTuner } from './unfrozen-tuner.ts';

/** Trains the task's head on the bare backbone: what is to be had without a prompt. */
export const headOnly = defineMethod({
  name: 'head-only',
  configSchema: z.strictObject({
    /** Whether the backbone runs with its own dropout in training. */
    frozenDropout: z.boolean().default(false),
  }),
  architectures: ['encoder'],
  tasks: ['sequence-classification', 'token-classification'],
  createTuner: ({ config, variables }) =>
    createUnfrozenTuner({ variables, unfrozen: [], frozenDropout: config.frozenDropout }),
});
