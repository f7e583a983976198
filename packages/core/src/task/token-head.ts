import * as tf from '@tensorflow/tfjs';
import { createLabelLayer } from './label-layer.ts';
import type { HeadContext, TaskHead } from './task.ts';

/** A head for each token: dropout, labels. Has `labels (hidden + 1)` parameters. */
export function createTokenHead(
  { backbone, head, variables }: HeadContext,
  labels: number,
): TaskHead {
  const { hiddenSize } = backbone;
  const { hasBias } = head;
  const output = createLabelLayer(variables, head.output, { hiddenSize, labels, hasBias });
  return {
    reads: 'all',
    logits(hidden, dropout) {
      const [batch, sequence, width] = hidden.shape;
      const tokens = tf.reshape(hidden, [batch * sequence, width]) as tf.Tensor2D;
      const logits = output(dropout(tokens, head.dropoutRate, 'head/tokens'));
      return tf.reshape(logits, [batch, sequence, labels]);
    },
  };
}
