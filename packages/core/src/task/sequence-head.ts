import * as tf from '@tensorflow/tfjs';
import type { Dropout } from '../contract/method.ts';
import { createTrainableLinear } from '../contract/trainable-linear.ts';
import { gelu } from '../ops/activation.ts';
import type { HeadContext, TaskHead } from './task.ts';

const activations = { gelu, relu: tf.relu<tf.Tensor2D>, tanh: tf.tanh<tf.Tensor2D> };

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
  const { dense: denseGeometry, dropoutRate, pooler, poolerDropoutRate = 0 } = head;
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
  const pool = (first: tf.Tensor2D, dropout: Dropout, trained?: ReadonlyMap<string, tf.Tensor>) => {
    if (!pooler) return first;
    return pooler(
      poolerDropoutRate > 0 ? dropout(first, poolerDropoutRate, 'head/first') : first,
      trained,
    );
  };
  return {
    reads: 'first',
    logits(hidden, dropout, trained) {
      const pooled = dropout(
        pool(firstToken(hidden), dropout, trained),
        dropoutRate,
        'head/pooled',
      );
      if (!dense || !denseGeometry) return output.apply(pooled);
      const activated = activations[denseGeometry.activation](dense.apply(pooled));
      return output.apply(dropout(activated, dropoutRate, 'head/dense'));
    },
  };
}

/** Hidden states of the first real token, `[batch, hidden]`, of `[batch, sequence, hidden]`. */
function firstToken(hidden: tf.Tensor3D): tf.Tensor2D {
  const [batch, , width] = hidden.shape;
  return tf.reshape(tf.slice(hidden, [0, 0, 0], [batch, 1, width]), [batch, width]);
}
