import type { TuningMethod } from '@ptl/core';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import { fullFineTuning } from '../baselines/full-fine-tuning.ts';
import { headOnly } from '../baselines/head-only.ts';

/** A method as it is timed. */
interface TimedMethod {
  readonly method: TuningMethod;
  /** Does the same work as PEFT does: no dropout, all positions in one place. */
  config(promptLength: number): object;
  /** The same work in `peft_speed.py`. */
  readonly peft: string;
}

/** By the names that tables have. */
export const timedMethods: Readonly<Record<string, TimedMethod>> = {
  'p-tuning-v2': {
    method: pTuningV2,
    config: (promptLength) => ({ promptLength, dropout: 0, frozenDropout: false }),
    peft: 'p-tuning-v2',
  },
  'prefix, MLP': {
    method: prefix,
    config: (prefixLength) => ({ prefixLength }),
    peft: 'prefix',
  },
  'prefix, no MLP': {
    method: prefix,
    config: (prefixLength) => ({ prefixLength, reparameterization: null }),
    peft: 'p-tuning-v2',
  },
  'prompt-tuning': {
    method: promptTuning,
    config: (promptLength) => ({ promptLength }),
    peft: 'prompt-tuning',
  },
  'p-tuning': {
    method: pTuning,
    config: (promptLength) => ({ placement: 'front', promptLength }),
    peft: 'p-tuning',
  },
  'head-only': { method: headOnly, config: () => ({}), peft: 'head-only' },
  'full-fine-tuning': { method: fullFineTuning, config: () => ({}), peft: 'full-fine-tuning' },
};
