import * as tf from '@tensorflow/tfjs';
import type { LinearWeights } from './linear.ts';
import { lookup } from './lookup.ts';

/** Some outputs of a linear layer that is stored `[out, in]`, as a layer of its own. */
export function rowsOfLinear(
  { weight, bias, trained }: LinearWeights,
  rows: Int32Array,
): LinearWeights {
  const column = bias && (tf.reshape(bias, [-1, 1]) as tf.Tensor2D);
  return {
    weight: lookup(weight, rows, trained.weight),
    bias: column && tf.reshape(lookup(column, rows, trained.bias), [rows.length]),
    trained,
  };
}
