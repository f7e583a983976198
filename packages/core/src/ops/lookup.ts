import * as tf from '@tensorflow/tfjs';
import { lastUse } from './last-use.ts';

/**
 * Rows of an embedding table `[vocabulary, hidden]` by their ids, giving `[ids, hidden]`.
 *
 * @param trained - Whether a gradient is to reach the table. TF.js's own needs a kernel that the
 *   WebAssembly engine lacks; this one adds up rows by `scatterND`, which all engines have.
 */
export function lookup(table: tf.Tensor2D, ids: Int32Array, trained: boolean): tf.Tensor2D {
  const indices = (): tf.Tensor1D => tf.tensor1d(ids, 'int32');
  if (!trained) return tf.gather(table, indices());
  const op = tf.customGrad((input) => ({
    value: tf.gather(input as tf.Tensor2D, indices()),
    // Made anew: tensors of the forward pass are gone by then unless they were saved.
    gradFunc: lastUse((dy) => tf.scatterND(tf.expandDims(indices(), 1), dy, table.shape)),
  }));
  return op(table) as tf.Tensor2D;
}
