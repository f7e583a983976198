import type { Tensor, Variable } from '@tensorflow/tfjs';

/** What an optimizer needs to go on where it was. */
export interface OptimizerState {
  /** Updates made. */
  readonly steps: number;
  /** Moments by the names that {@link Optimizer.tensors} gives. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** Turns gradients into updates. Owns its moments until it is disposed; the variables stay the caller's. */
export interface Optimizer extends Disposable {
  /** Updates made so far. */
  readonly steps: number;
  /**
   * Updates variables in place; those without a gradient stay as they are.
   *
   * @param scale - Factor on all gradients. 1 if absent.
   */
  apply(
    variables: ReadonlyMap<string, Variable>,
    gradients: ReadonlyMap<string, Tensor>,
    learningRate: number,
    scale?: number,
  ): void;
  /** The moments by name; borrowed. */
  tensors(): ReadonlyMap<string, Tensor>;
  /** Goes on from a saved state. */
  restore(state: OptimizerState, variables: ReadonlyMap<string, Variable>): void;
}
