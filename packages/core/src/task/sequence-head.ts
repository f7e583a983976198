import * as tf from '@tensorflow/tfjs';
import { createTrainableLinear } from '../contract/trainable-linear.ts';
import type { HeadContext, TaskHead } from './task.ts';

/** Of a head's initial weights; that of BERT's and RoBERTa's own. */
export const headStandardDeviation = 0.02;

/**
 * A head for whole rows: first real token, pooler if there is one, dropout, dense layer with its
 * activation if there is one, dropout, labels.
 *
 * Has `labels (hidden + 1)` parameters, and `hidden (hidden + 1)` more with a dense layer.
 */
export function createSequenceHead(
  { backbone, head, variables }: HeadContext,
  labels: number,
): TaskHead {
  const { hiddenSize } = backbone;
  const { dense: denseGeometry, dropoutRate, pooler } = head;
  const standardDeviation = headStandardDeviation;
  const dense =
    denseGeometry &&
    createTrainableLinear(variables, denseGeometry.name, {
      inputs: hiddenSize,
      outputs: hiddenSize,
      standardDeviation,
    });
  const output = createTrainableLinear(variables, head.output, {
    inputs: hiddenSize,
    outputs: labels,
    standardDeviation,
  });
  return {
    reads: 'first',
    logits(hidden, dropout, trained) {
      const first = firstToken(hidden);
      const pooled = dropout(pooler ? pooler(first, trained) : first, dropoutRate, 'head/pooled');
      if (!dense || !denseGeometry) return output.apply(pooled);
      const activate = denseGeometry.activation === 'tanh' ? tf.tanh : tf.relu;
      const activated = activate(dense.apply(pooled));
      return output.apply(dropout(activated, dropoutRate, 'head/dense'));
    },
  };
}

/** Hidden states of the first real token, `[batch, hidden]`, of `[batch, sequence, hidden]`. */
function firstToken(hidden: tf.Tensor3D): tf.Tensor2D {
  const [batch, , width] = hidden.shape;
  return tf.reshape(tf.slice(hidden, [0, 0, 0], [batch, 1, width]), [batch, width]);
}
