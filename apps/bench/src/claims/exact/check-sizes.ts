import type { Backbone } from '@ptl/core';
import type { ExactOutcome } from '../claim.ts';
import { trialModel } from './trial-model.ts';

const positions = 20;

/** Compares counts of values with the formulas of the papers, without the head that all share. */
export async function checkSizes(backbone: Backbone): Promise<ExactOutcome> {
  const { numLayers, hiddenSize, embeddingSize } = backbone.geometry;
  using bare = await trialModel(backbone, 'head-only', {});
  const head = bare.parameters.stored;
  const expected = [
    {
      method: 'prompt-tuning',
      config: { promptLength: positions },
      size: positions * embeddingSize,
    },
    {
      method: 'p-tuning-v2',
      config: { promptLength: positions },
      size: 2 * numLayers * hiddenSize * positions,
    },
    {
      method: 'prefix',
      config: { prefixLength: positions },
      size: 2 * numLayers * hiddenSize * positions,
    },
  ];
  const found: string[] = [];
  let holds = true;
  for (const { method, config, size } of expected) {
    using model = await trialModel(backbone, method, config);
    const stored = model.parameters.stored - head;
    holds &&= stored === size;
    found.push(`${method} ${stored.toLocaleString('en-US')} (${size.toLocaleString('en-US')})`);
  }
  return {
    holds,
    evidence: `values kept for ${positions} positions, and what the formula gives: ${found.join(', ')}`,
  };
}
