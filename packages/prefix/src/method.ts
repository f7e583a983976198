import { defineMethod, taskKinds } from '@ptl/core';
import { prefixConfigSchema } from './config.ts';
import { PrefixEncoder } from './prefix-encoder.ts';

/**
 * Prefix-tuning: trainable keys and values in front of every attention layer, trained through an
 * MLP.
 *
 * @see Li and Liang (2021), arXiv:2101.00190
 */
export const prefix = defineMethod({
  name: 'prefix',
  configSchema: prefixConfigSchema,
  architectures: ['encoder', 'decoder', 'encoder-decoder'],
  tasks: taskKinds,
  createTuner: (context) => new PrefixEncoder(context),
});
