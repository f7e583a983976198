import { createMethodRegistry } from '@ptl/core';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import { biasOnly } from './baselines/bias-only.ts';
import { fullFineTuning } from './baselines/full-fine-tuning.ts';
import { headOnly } from './baselines/head-only.ts';
import { lastLayers } from './baselines/last-layers.ts';

/** Everything the bench can train, in the order in which it is shown. */
export const trainedMethods = createMethodRegistry([
  headOnly,
  biasOnly,
  lastLayers,
  promptTuning,
  pTuning,
  prefix,
  pTuningV2,
  fullFineTuning,
]);

/** Not a method: predicts the most frequent label of the training rows, and trains nothing. */
export const majorityName = 'majority';

/** All names the command line takes, in the order in which they are shown. */
export const methodNames: readonly string[] = [majorityName, ...trainedMethods.names];

/** What is compared where no methods are named. */
export const defaultMethods: readonly string[] = methodNames.filter(
  (name) => name !== biasOnly.name && name !== lastLayers.name,
);
