import type { Tensor, Variable } from '@tensorflow/tfjs';

/** What one update needs besides the gradients. */
export interface Update {
  /** Number of this update, from 1; bias correction depends on it. */
  readonly step: number;
  /** Per step, schedule included. */
  readonly learningRate: number;
  /** Factor for every gradient: the mean over a batch, and clipping. */
  readonly scale: number;
}

/** A rule by which variables follow their gradients: a value, which holds no state. */
export interface Optimizer {
  /** Kebab-case; together with `options` it says whether a run may be resumed with it. */
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Allocates what the rule remembers. The caller owns the result; the variables are borrowed. */
  start(variables: ReadonlyMap<string, Variable>): RunningOptimizer;
}

/** An {@link Optimizer} at work on certain variables. Owns its moments until it is disposed. */
export interface RunningOptimizer extends Disposable {
  /** What it remembers between updates, by stable names, for checkpoints to read and assign. */
  readonly moments: ReadonlyMap<string, Variable>;
  /** Changes the variables, which are named as in `start`. One without a gradient stays as it is. */
  apply(gradients: ReadonlyMap<string, Tensor>, update: Update): void;
}
