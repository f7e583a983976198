import { defineMethod, taskKinds } from '@ptl/core';
import { pTuningV2ConfigSchema } from './config.ts';
import { DeepPromptEncoder } from './deep-prompt-encoder.ts';

/**
 * P-tuning v2: trainable keys and values in front of every attention layer, without an encoder, for
 * language understanding.
 *
 * @see Liu et al. (2022), arXiv:2110.07602
 */
export const pTuningV2 = defineMethod({
  name: 'p-tuning-v2',
  configSchema: pTuningV2ConfigSchema,
  architectures: ['encoder', 'decoder', 'encoder-decoder'],
  tasks: taskKinds,
  createTuner: (context) => new DeepPromptEncoder(context),
});
