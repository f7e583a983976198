import { type Backbone, createModel } from '@ptl/core';
import type { ExactOutcome } from '../claim.ts';
import { promptMethods, trialModel, trialRows, trialTask } from './trial-model.ts';
import { weightsHash } from './weights-hash.ts';

/** Trains each prompt method and compares all weights, and what the bare backbone computes. */
export async function checkFrozen(backbone: Backbone): Promise<ExactOutcome> {
  using bare = createModel({ backbone, task: trialTask, seed: 3 });
  const logits = async (): Promise<string> =>
    JSON.stringify((await bare.logits(trialRows)).map(({ values }) => [...values]));
  const before = [await weightsHash(backbone), await logits()];
  const names: string[] = [];
  for (const { method, config } of promptMethods) {
    using model = await trialModel(backbone, method, config);
    names.push(...model.trainableVariables.keys());
  }
  const after = [await weightsHash(backbone), await logits()];
  const unfrozen = names.filter((name) => name.startsWith('backbone/')).length;
  const isSame = before.every((value, place) => value === after[place]);
  return {
    holds: isSame && unfrozen === 0,
    evidence: `SHA-256 over ${backbone.parameters.length} weights and the logits without a prompt ${isSame ? 'are' : 'are not'} the same to the bit after ${promptMethods.length} methods were trained; ${unfrozen} of the backbone's weights among what they train`,
  };
}
