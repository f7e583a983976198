import * as tf from '@tensorflow/tfjs';
import type { Weights } from '../backbone/weights/weights.ts';
import { PtlError } from '../contract/errors.ts';

/** The tensors of a saved adapter, checked one by one as they are asked for. */
export class StoredAdapter {
  readonly #weights: Weights;
  readonly #folder: string;

  constructor(weights: Weights, folder: string) {
    this.#weights = weights;
    this.#folder = folder;
  }

  /**
   * A tensor of that name and shape; the caller owns it.
   *
   * @throws {@link PtlError} `CHECKPOINT_INVALID` if it is missing, has another shape, or holds
   *   values that are not finite.
   */
  tensor<R extends tf.Rank>(name: string, shape: readonly number[]): tf.Tensor<R> {
    const expected = `[${shape.join(', ')}]`;
    if (!this.#weights.has(name)) {
      throw this.#invalid(`it lacks "${name}" of shape ${expected}`);
    }
    const actual = `[${this.#weights.shape(name).join(', ')}]`;
    if (actual !== expected) {
      throw this.#invalid(`"${name}" has shape ${actual}; this backbone and task need ${expected}`);
    }
    const values = this.#weights.float32(name);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw this.#invalid(`"${name}" holds ${values[bad]} at ${bad}`);
    return tf.tensor<R>(values, [...shape] as tf.ShapeMap[R]); // The shape that was asked for.
  }

  #invalid(reason: string): PtlError {
    const message = `The adapter in "${this.#folder}" cannot be loaded: ${reason}.`;
    return new PtlError('CHECKPOINT_INVALID', message, { folder: this.#folder, reason });
  }
}
