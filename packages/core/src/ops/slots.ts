import * as tf from '@tensorflow/tfjs';
import { lastUse } from './last-use.ts';

/**
 * Fills the slots of embedded rows with virtual tokens.
 *
 * @param embedded - `[batch * sequence, hidden]`.
 * @param prompt - `[promptLength, hidden]`, shared by the batch, or `[batch, promptLength, hidden]`.
 * @param slots - `[batch, promptLength]`: the position of each slot in its row.
 * @returns `[batch * sequence, hidden]`.
 */
export function fillSlots(
  embedded: tf.Tensor2D,
  prompt: tf.Tensor2D | tf.Tensor3D,
  slots: Int32Array,
  sequence: number,
): tf.Tensor2D {
  const [rows, hidden] = embedded.shape;
  const promptLength = prompt.shape[prompt.rank - 2] ?? 0;
  const shared = prompt.rank === 2;
  const flatSlots = slots.map((slot, index) => Math.floor(index / promptLength) * sequence + slot);
  const source = Int32Array.from({ length: rows }, (_, row) => row);
  for (const [index, slot] of flatSlots.entries()) {
    source[slot] = rows + (shared ? index % promptLength : index);
  }
  const op = tf.customGrad((...args) => {
    const [words, virtual] = args as [tf.Tensor2D, tf.Tensor];
    const table = tf.concat([words, tf.reshape(virtual, [-1, hidden])], 0);
    const gradFunc = lastUse((dy) => [
      tf.mul(dy, tf.tensor2d(keepMask(rows, flatSlots), [rows, 1])),
      promptGradient(dy, flatSlots, prompt.shape),
    ]);
    return { value: tf.gather(table, tf.tensor1d(source, 'int32')), gradFunc };
  });
  return op(embedded, prompt) as tf.Tensor2D;
}

/** 0 at slots, whose words are not looked at, and 1 elsewhere. */
function keepMask(rows: number, flatSlots: Int32Array): Float32Array {
  const mask = new Float32Array(rows).fill(1);
  for (const slot of flatSlots) mask[slot] = 0;
  return mask;
}

/** A shared prompt adds up what its copies in all rows receive. */
function promptGradient(dy: tf.Tensor, flatSlots: Int32Array, shape: readonly number[]): tf.Tensor {
  const received = tf.gather(dy, tf.tensor1d(flatSlots, 'int32'));
  if (shape.length === 3) return tf.reshape(received, [...shape]);
  return tf.sum(tf.reshape(received, [-1, ...shape]), 0);
}

/**
 * Picks rows by index where each is picked at most once, such as the real tokens between slots.
 *
 * @param x - `[rows, hidden]`.
 * @param picked - For each row of the result the row of `x`.
 * @param inverse - For each row of `x` the row of the result it went to, or -1.
 */
export function pickRows(x: tf.Tensor2D, picked: Int32Array, inverse: Int32Array): tf.Tensor2D {
  const op = tf.customGrad((input) => ({
    value: tf.gather(input as tf.Tensor2D, tf.tensor1d(picked, 'int32')),
    gradFunc: lastUse((dy) => {
      // The row behind the last one is zero and stands for "went nowhere".
      const padded = tf.concat([dy as tf.Tensor2D, tf.zeros([1, x.shape[1]])], 0);
      const source = inverse.map((row) => (row < 0 ? picked.length : row));
      return tf.gather(padded, tf.tensor1d(source, 'int32'));
    }),
  }));
  return op(x) as tf.Tensor2D;
}
