import * as tf from '@tensorflow/tfjs';
import { createTrainableLinear } from '../contract/trainable-linear.ts';
import { headStandardDeviation } from './sequence-head.ts';
import type { HeadContext, TaskHead } from './task.ts';

/** A head for each token: dropout, labels. Has `labels (hidden + 1)` parameters. */
export function createTokenHead(
  { backbone, head, variables }: HeadContext,
  labels: number,
): TaskHead {
  const output = createTrainableLinear(variables, head.output, {
    inputs: backbone.hiddenSize,
    outputs: labels,
    standardDeviation: headStandardDeviation,
  });
  return {
    reads: 'all',
    logits(hidden, dropout) {
      const [batch, sequence, width] = hidden.shape;
      const tokens = tf.reshape(hidden, [batch * sequence, width]) as tf.Tensor2D;
      const logits = output.apply(dropout(tokens, head.dropoutRate, 'head/tokens'));
      return tf.reshape(logits, [batch, sequence, labels]);
    },
  };
}
