import * as tf from '@tensorflow/tfjs';
import type { Weights } from '../backbone/weights/weights.ts';
import { invalidAdapter } from './invalid-adapter.ts';

/** The tensors of a saved adapter, checked one by one as they are asked for. */
export class StoredAdapter {
  readonly folder: string;
  readonly #weights: Weights;

  constructor(weights: Weights, folder: string) {
    this.#weights = weights;
    this.folder = folder;
  }

  /** Names of all tensors. */
  get names(): readonly string[] {
    return this.#weights.names;
  }

  /** Undefined where there is no such tensor. */
  shapeOf(name: string): readonly number[] | undefined {
    return this.#weights.has(name) ? this.#weights.shape(name) : undefined;
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
      throw invalidAdapter(this.folder, `it lacks "${name}" of shape ${expected}`);
    }
    const actual = `[${this.#weights.shape(name).join(', ')}]`;
    if (actual !== expected) {
      const reason = `"${name}" has shape ${actual}; this backbone and task need ${expected}`;
      throw invalidAdapter(this.folder, reason);
    }
    const values = this.#weights.float32(name);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw invalidAdapter(this.folder, `"${name}" holds ${values[bad]} at ${bad}`);
    return tf.tensor<R>(values, [...shape] as tf.ShapeMap[R]); // The shape that was asked for.
  }
}
