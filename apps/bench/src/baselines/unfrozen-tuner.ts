import type { Tuner, VariableStore } from '@ptl/core';

export interface UnfrozenTunerOptions {
  /** Empty: what is trained are copies of the backbone's own weights. */
  readonly variables: VariableStore;
  /** Names of the backbone weights to train along. */
  readonly unfrozen: readonly string[];
  /** Whether the backbone runs with its own dropout in training. */
  readonly frozenDropout: boolean;
}

/** A tuner without a prompt, which trains backbone weights in place of one. */
export function createUnfrozenTuner({
  variables,
  unfrozen,
  frozenDropout,
}: UnfrozenTunerOptions): Tuner {
  return {
    variables,
    layout: { kind: 'none' },
    promptLength: 0,
    unfrozen,
    frozenDropout,
    prompt: () => ({ kind: 'none' }),
    [Symbol.dispose]: () => variables[Symbol.dispose](),
  };
}
