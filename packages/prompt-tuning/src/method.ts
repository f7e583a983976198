import { defineMethod, taskKinds } from '@ptl/core';
import { promptTuningConfigSchema } from './config.ts';
import { TokenEncoder } from './token-encoder.ts';

/**
 * Prompt tuning: trainable embeddings among those of the input.
 *
 * @see Lester et al. (2021), arXiv:2104.08691
 */
export const promptTuning = defineMethod({
  name: 'prompt-tuning',
  configSchema: promptTuningConfigSchema,
  architectures: ['encoder', 'decoder', 'encoder-decoder'],
  tasks: taskKinds,
  createTuner: (context) => new TokenEncoder(context),
});
