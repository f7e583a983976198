import * as tf from '@tensorflow/tfjs';

/**
 * Frozen matrices the other way round, for WebAssembly: its product takes no transposed factor, and
 * packs one that stays the same only once. Costs the memory of the matrices again; other engines need
 * none of it. Owned until disposed.
 */
export class ReversedWeights implements Disposable {
  readonly #tensors = new Map<string, tf.Tensor2D>();

  /** The transpose of a weight, made when it is first asked for; undefined on other engines, and of kernels. */
  of(name: string, weight: tf.Tensor2D): tf.Tensor2D | undefined {
    if (tf.getBackend() !== 'wasm' || weight.rank !== 2) return undefined;
    const known = this.#tensors.get(name);
    if (known) return known;
    const made: tf.Tensor2D = tf.keep(tf.transpose(weight));
    this.#tensors.set(name, made);
    return made;
  }

  [Symbol.dispose](): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
