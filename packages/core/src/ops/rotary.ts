import * as tf from '@tensorflow/tfjs';
import { lastUse } from './last-use.ts';

/** Cosines and sines of the angles by which each row is turned, `[rows, 1, headSize / 2]`. */
export interface RotaryAngles {
  readonly cosines: tf.Tensor3D;
  readonly sines: tf.Tensor3D;
}

/**
 * The angles `position * frequency` of each row.
 *
 * @param positions - One for each row.
 * @param frequencies - `[headSize / 2]`, in radians a position.
 */
export function rotaryAngles(positions: Int32Array, frequencies: Float64Array): RotaryAngles {
  const half = frequencies.length;
  const tensorOf = (f: (angle: number) => number): tf.Tensor3D => {
    const values = Float32Array.from({ length: positions.length * half }, (_, index) => {
      const position = positions[Math.floor(index / half)] ?? 0;
      return f(position * (frequencies[index % half] ?? 0));
    });
    return tf.tensor3d(values, [positions.length, 1, half]);
  };
  return { cosines: tensorOf(Math.cos), sines: tensorOf(Math.sin) };
}

/**
 * Turns each head's first and second half against each other, as Llama's checkpoints have them.
 *
 * Turning back is its own gradient.
 *
 * @param x - `[rows, heads * headSize]`.
 * @see Su et al. (2021), arXiv:2104.09864
 */
export function rotate(x: tf.Tensor2D, { cosines, sines }: RotaryAngles): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc]; // TF.js passes both.
    save([cosines, sines]);
    const gradFunc = lastUse((dy, saved) => {
      const [cosine, sine] = saved as [tf.Tensor3D, tf.Tensor3D]; // As saved above.
      return turn(dy as tf.Tensor2D, cosine, tf.neg(sine));
    });
    return { value: turn(input, cosines, sines), gradFunc };
  });
  return op(x) as tf.Tensor2D;
}

function turn(x: tf.Tensor2D, cosines: tf.Tensor3D, sines: tf.Tensor3D): tf.Tensor2D {
  const [rows, width] = x.shape;
  const half = cosines.shape[2];
  const heads = tf.reshape(x, [rows, width / (2 * half), 2 * half]);
  const [first, second] = tf.split(heads, 2, 2) as [tf.Tensor, tf.Tensor];
  const turned = [
    tf.sub(tf.mul(first, cosines), tf.mul(second, sines)),
    tf.add(tf.mul(second, cosines), tf.mul(first, sines)),
  ];
  return tf.reshape(tf.concat(turned, 2), [rows, width]);
}
