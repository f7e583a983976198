import { defineMethod, taskKinds } from '@ptl/core';
import { lowRankPromptConfigSchema } from './config.ts';
import { LowRankPromptEncoder } from './low-rank-prompt-encoder.ts';

/** A prompt of virtual tokens that has a low rank. */
export const lowRankPrompt = defineMethod({
  name: 'low-rank-prompt',
  configSchema: lowRankPromptConfigSchema,
  architectures: ['encoder', 'decoder', 'encoder-decoder'],
  tasks: taskKinds,
  createTuner: (context) => new LowRankPromptEncoder(context),
});
