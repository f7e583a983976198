import * as tf from '@tensorflow/tfjs';
import type { Dropout } from '../contract/method.ts';
import { createTrainableLinear } from '../contract/trainable-linear.ts';
import { gelu } from '../ops/activation.ts';
import { noDropout } from '../ops/dropout.ts';
import { createLabelLayer, headStandardDeviation } from './label-layer.ts';
import type { HeadContext, TaskHead } from './task.ts';

const activations = { gelu, relu: tf.relu<tf.Tensor2D>, tanh: tf.tanh<tf.Tensor2D> };

/**
 * A head for whole rows: the token that stands for the row, pooler if there is one, dropout, dense layer with its
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
  const { hasBias } = head;
  const output = createLabelLayer(variables, head.output, { hiddenSize, labels, hasBias });
  const pool = (first: tf.Tensor2D, dropout: Dropout, trained?: ReadonlyMap<string, tf.Tensor>) => {
    if (!pooler) return first;
    const rate = head.poolerDropoutRate ?? 0;
    return pooler(rate > 0 ? dropout(first, rate, 'head/first') : first, trained);
  };
  const label = (rows: tf.Tensor2D, dropout: Dropout): tf.Tensor2D => {
    const pooled = dropout(rows, dropoutRate, 'head/pooled');
    if (!dense || !denseGeometry) return output(pooled);
    const activated = activations[denseGeometry.activation](dense.apply(pooled));
    return output(dropout(activated, dropoutRate, 'head/dense'));
  };
  return {
    reads: 'summary',
    logits: (hidden, dropout, trained) =>
      label(pool(firstToken(hidden), dropout, trained), dropout),
    ...(pooler ? { pooled: { pooler, label: (rows) => label(rows, noDropout) } } : {}),
  };
}

/** Hidden states of the only token that is read, `[batch, hidden]`, of `[batch, 1, hidden]`. */
function firstToken(hidden: tf.Tensor3D): tf.Tensor2D {
  const [batch, , width] = hidden.shape;
  return tf.reshape(tf.slice(hidden, [0, 0, 0], [batch, 1, width]), [batch, width]);
}
