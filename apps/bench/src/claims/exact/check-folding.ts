import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backbone, loadModel, type TunedModel } from '@ptl/core';
import type { ExactOutcome } from '../claim.ts';
import { largestDifference } from './largest-difference.ts';
import { trialModel, trialRows } from './trial-model.ts';

const encoded = [
  { method: 'prefix', config: { prefixLength: 3 } },
  { method: 'p-tuning', config: { encoder: 'lstm' } },
  { method: 'p-tuning', config: { encoder: 'mlp' } },
] as const;

/** Saves models with prompt encoders, which folds them, and compares logits. */
export async function checkFolding(backbone: Backbone): Promise<ExactOutcome> {
  let largest = 0;
  const sizes: string[] = [];
  for (const { method, config } of encoded) {
    using model = await trialModel(backbone, method, config);
    const { trainable, stored } = model.parameters;
    sizes.push(`${trainable.toLocaleString('en-US')} to ${stored.toLocaleString('en-US')}`);
    largest = Math.max(largest, await foldingDifference(model, backbone));
  }
  return {
    holds: largest === 0,
    evidence: `logits before and after differ by ${largest.toExponential(1)} at most; from ${sizes.join(', ')} values`,
  };
}

async function foldingDifference(model: TunedModel, backbone: Backbone): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ptl-folding-'));
  try {
    await model.save(folder);
    using folded = await loadModel(folder, { backbone });
    return largestDifference(await logitsOf(model), await logitsOf(folded));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function logitsOf(model: TunedModel): Promise<number[]> {
  return (await model.logits([...trialRows])).flatMap(({ values }) => [...values]);
}
