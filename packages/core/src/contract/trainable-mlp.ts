import * as tf from '@tensorflow/tfjs';
import { createTrainableLinear } from './trainable-linear.ts';
import type { VariableStore } from './variable-store.ts';

/**
 * Creates linear layers between the given sizes, with ReLU after all but the last: variables
 * `mlp/0/weight` and so on in a store. Starts as PyTorch does.
 *
 * @returns Maps rows `[rows, sizes[0]]` to rows of the last size.
 */
export function createTrainableMlp(
  variables: VariableStore,
  sizes: readonly number[],
): (x: tf.Tensor2D) => tf.Tensor2D {
  const layers = sizes.slice(1).map((outputs, layer) => {
    const inputs = sizes[layer] ?? outputs;
    return createTrainableLinear(variables, `mlp/${layer}`, { inputs, outputs });
  });
  return (x) => layers.reduce((y, { apply }, layer) => apply(layer > 0 ? tf.relu(y) : y), x);
}
