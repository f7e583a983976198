import type * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import { normal } from '../contract/initializers.ts';
import { type PromptLayout, slotCount } from '../contract/layout.ts';
import { defineMethod, taskKinds } from '../contract/method.ts';

/** For tests of tasks: random virtual tokens where the layout has slots, else no prompt at all. */
export const bareMethod = defineMethod({
  name: 'bare',
  configSchema: z.strictObject({
    layout: z.custom<PromptLayout>().default({ kind: 'none' }),
  }),
  architectures: ['encoder'],
  tasks: taskKinds,
  createTuner({ backbone, config: { layout }, variables }) {
    const promptLength = slotCount(layout);
    const shape: [number, number] = [promptLength, backbone.geometry.embeddingSize];
    const embeddings =
      promptLength > 0
        ? variables.create<tf.Rank.R2>('embedding', (seed) => normal(shape, 1, seed))
        : null;
    return {
      variables,
      layout,
      promptLength,
      prompt: () => (embeddings ? { kind: 'virtual-tokens', embeddings } : { kind: 'none' }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});
