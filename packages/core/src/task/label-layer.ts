import * as tf from '@tensorflow/tfjs';
import { normal } from '../contract/initializers.ts';
import { createTrainableLinear } from '../contract/trainable-linear.ts';
import type { VariableStore } from '../contract/variable-store.ts';

/** Of a head's initial weights; that of BERT's and RoBERTa's own. */
export const headStandardDeviation = 0.02;

export interface LabelLayerOptions {
  readonly hiddenSize: number;
  readonly labels: number;
  /** Decoders score rows without one. True if absent. */
  readonly hasBias?: boolean | undefined;
}

/** Creates the last layer of a head, from `[rows, hidden]` to `[rows, labels]`. */
export function createLabelLayer(
  variables: VariableStore,
  name: string,
  { hiddenSize, labels, hasBias = true }: LabelLayerOptions,
): (rows: tf.Tensor2D) => tf.Tensor2D {
  const standardDeviation = headStandardDeviation;
  if (hasBias) {
    const sizes = { inputs: hiddenSize, outputs: labels, standardDeviation };
    return createTrainableLinear(variables, name, sizes).apply;
  }
  const weight = variables.create<tf.Rank.R2>(`${name}/weight`, (seed) =>
    normal([labels, hiddenSize], standardDeviation, seed),
  );
  return (rows) => tf.matMul(rows, weight, false, true);
}
