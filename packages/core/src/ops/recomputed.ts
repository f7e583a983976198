import * as tf from '@tensorflow/tfjs';
import { lastUse } from './last-use.ts';

/** Part of a network as a function of all that gradients are to reach; equal at each call. */
type Part = (...inputs: tf.Tensor[]) => tf.Tensor2D;

/**
 * Runs part of a network and keeps its inputs alone: on the way back it is run once more, for what its
 * gradients need. Memory for a network then grows by one hidden state a part, and a training step has
 * about a third more to compute.
 *
 * @param part - Must make all else that it needs by itself: what was made for the pass is gone by then.
 * @see Chen et al. (2016), arXiv:1604.06174
 */
export function recomputed(part: Part, inputs: readonly tf.Tensor[]): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc; // TF.js passes it behind the inputs.
    const given = args.slice(0, -1) as tf.Tensor[];
    save(given);
    const gradFunc = lastUse((dy, saved) => partGradients(part, saved, dy));
    return { value: part(...given), gradFunc };
  });
  return op(...inputs) as tf.Tensor2D;
}

/** TF.js forgets the tape that it is following when a gradient is computed on the way: it is put back. */
function partGradients(part: Part, inputs: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const { state } = tf.engine();
  const tape = state.activeTape;
  try {
    return tf.grads(part)(inputs, dy);
  } finally {
    state.activeTape = tape;
  }
}
