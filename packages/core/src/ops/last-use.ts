import * as tf from '@tensorflow/tfjs';

/** The gradients of an op's inputs, of the gradient of its output and what was saved for it. */
type Gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/**
 * Frees what a gradient was computed from, in the moment in which it is: TF.js keeps the saved
 * tensors and the gradients of all layers until the last gradient is known.
 *
 * For `tf.customGrad`, whose output's gradient nobody but its op asks for.
 */
export function lastUse(gradient: Gradient): (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[] {
  return (dy, saved) => {
    const used = [dy, ...saved];
    const gradients = tf.tidy(() => {
      const results = [gradient(dy, saved)].flat();
      // One that is handed on as it came, or twice, must outlive what is freed.
      return results.map((result, place) => {
        const isTaken = used.includes(result) || results.indexOf(result) < place;
        return isTaken ? tf.clone(result) : result;
      });
    });
    tf.dispose(used);
    return gradients;
  };
}
