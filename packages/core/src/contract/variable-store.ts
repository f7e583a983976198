import * as tf from '@tensorflow/tfjs';
import { PtlError } from './errors.ts';
import { deriveSeed } from './seed.ts';

let nextScopeId = 0;

/**
 * Owns the trainable variables of one tuner or head.
 *
 * TensorFlow.js keeps every variable in one global table and rejects a name used twice, so each
 * store prefixes its names with a scope of its own.
 */
export class VariableStore implements Disposable {
  readonly #scope: string;
  readonly #seed: number;
  readonly #variables = new Map<string, tf.Variable>();
  #disposed = false;

  constructor(owner: string, seed: number) {
    this.#scope = `${owner}#${nextScopeId++}`;
    this.#seed = seed;
  }

  /**
   * Creates a trainable variable.
   *
   * @param initialize - Gives the initial value. It runs in a tidy, and draws from a seed of its
   *   own, so that adding a variable does not change how the others start.
   */
  create<R extends tf.Rank>(
    name: string,
    initialize: (seed: number) => tf.Tensor<R>,
  ): tf.Variable<R> {
    this.#assertLive();
    const seed = deriveSeed(this.#seed, name);
    const variable = tf.tidy(() => tf.variable(initialize(seed), true, `${this.#scope}/${name}`));
    this.#variables.set(name, variable);
    return variable;
  }

  /** The variables by their local name, in creation order. */
  get variables(): ReadonlyMap<string, tf.Variable> {
    this.#assertLive();
    return this.#variables;
  }

  /** Number of trainable scalars. */
  get parameterCount(): number {
    return [...this.variables.values()].reduce((total, { size }) => total + size, 0);
  }

  [Symbol.dispose](): void {
    for (const variable of this.#variables.values()) variable.dispose();
    this.#variables.clear();
    this.#disposed = true;
  }

  #assertLive(): void {
    if (!this.#disposed) return;
    throw new PtlError('TUNER_DISPOSED', `"${this.#scope}" was used after it was disposed.`, {
      tuner: this.#scope,
    });
  }
}
