import * as tf from '@tensorflow/tfjs';
import { normal, uniform } from './initializers.ts';
import type { VariableStore } from './variable-store.ts';

/** A trainable linear layer, as prompt encoders are made of. Its variables belong to the store. */
export interface TrainableLinear {
  /** `[outputs, inputs]`, as PyTorch stores it. */
  readonly weight: tf.Variable<tf.Rank.R2>;
  /** `[outputs]`. */
  readonly bias: tf.Variable<tf.Rank.R1>;
  /** `y = x Wᵀ + b` for rows `[rows, inputs]`, giving `[rows, outputs]`. */
  apply(x: tf.Tensor2D): tf.Tensor2D;
}

/** Sizes of a linear layer, and how it starts. */
export interface TrainableLinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  /**
   * Draws the weight from N(0, `standardDeviation`²) and starts the bias at 0, as BERT does; if
   * absent both start from U[-1/√inputs, 1/√inputs), as PyTorch does.
   */
  readonly standardDeviation?: number;
}

/** Creates the variables `name/weight` and `name/bias` in a store. */
export function createTrainableLinear(
  variables: VariableStore,
  name: string,
  { inputs, outputs, standardDeviation }: TrainableLinearOptions,
): TrainableLinear {
  const limit = 1 / Math.sqrt(inputs);
  const likeBert = standardDeviation !== undefined;
  const weight = variables.create<tf.Rank.R2>(`${name}/weight`, (seed) => {
    const shape: [number, number] = [outputs, inputs];
    return likeBert ? normal(shape, standardDeviation, seed) : uniform(shape, limit, seed);
  });
  const bias = variables.create<tf.Rank.R1>(`${name}/bias`, (seed) =>
    likeBert ? tf.zeros([outputs]) : uniform([outputs], limit, seed),
  );
  return { weight, bias, apply: (x) => tf.add(tf.matMul(x, weight, false, true), bias) };
}
