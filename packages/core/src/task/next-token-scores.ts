import * as tf from '@tensorflow/tfjs';

/**
 * What is kept of a vocabulary's scores, which are too many to download: for each position the
 * logarithm of the probability of the token behind it, and the most likely one.
 *
 * @param logits - `[batch, sequence, vocabulary]`.
 * @param targets - `[batch * sequence]`; a negative one stands for a position that does not count,
 *   whose logarithm is that of the first word.
 * @returns `[batch, sequence, 2]`.
 */
export function nextTokenScores(logits: tf.Tensor, targets: Int32Array): tf.Tensor3D {
  const [batch = 0, sequence = 0, vocabulary = 0] = logits.shape;
  const rows = batch * sequence;
  const flat = tf.reshape<tf.Rank.R2>(logits, [rows, vocabulary]);
  const places = Int32Array.from(targets, (target, row) => row * vocabulary + Math.max(0, target));
  const chosen = tf.gather(tf.reshape(flat, [-1]), tf.tensor1d(places, 'int32'));
  const logProbabilities = tf.sub(chosen, tf.logSumExp(flat, 1));
  const mostLikely = tf.cast(tf.argMax(flat, 1), 'float32');
  return tf.reshape(tf.stack([logProbabilities, mostLikely], 1), [batch, sequence, 2]);
}
