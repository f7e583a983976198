import * as tf from '@tensorflow/tfjs';
import {
  joinLayerPrefixes,
  type PrefixGeometry,
  prefixWidth,
  splitLayerPrefixes,
} from './layer-prefixes.ts';
import type { LayerPrefix } from './prompt.ts';

/**
 * The prefixes of one attention site as matrices that can be trained: which layers have one, and how
 * long it is.
 *
 * Two kinds of matrices hold them. Its *rows*, `[longest, layers * 2 * heads * headSize]` with the
 * layers that have a prefix only, are what an MLP gives, of which a shorter prefix is the first rows.
 * Its *table* holds each value once: the same where all prefixes are of one length, else
 * `[Σ lengths, 2 * heads * headSize]`, lowest layer first.
 */
export class PrefixPlan {
  /** Positions of the longest prefix, behind which the tokens of the input stand. */
  readonly longest: number;
  /** Columns of its rows. */
  readonly width: number;
  readonly tableShape: readonly [number, number];
  /** Layers that have a prefix, ascending. */
  readonly layers: readonly number[];
  readonly #geometry: PrefixGeometry;
  readonly #lengths: readonly number[];

  /** @param lengths - See `prefixLengths`. */
  constructor(lengths: readonly number[], geometry: PrefixGeometry) {
    this.#lengths = lengths;
    this.layers = lengths.flatMap((length, layer) => (length > 0 ? [layer] : []));
    this.#geometry = { ...geometry, numLayers: this.layers.length };
    this.longest = Math.max(...lengths);
    this.width = prefixWidth(this.#geometry);
    this.tableShape = this.#isEven
      ? [this.longest, this.width]
      : [lengths.reduce((sum, length) => sum + length, 0), this.#layerWidth];
  }

  /** Prefixes of its rows, null for a layer without one. Differentiable; the caller owns the result. */
  fromRows(rows: tf.Tensor2D): (LayerPrefix | null)[] {
    return this.#place(
      splitLayerPrefixes(rows, this.#geometry).map(({ keys, values }, index) => ({
        keys: this.#cut(keys, index),
        values: this.#cut(values, index),
      })),
    );
  }

  /** Prefixes of its table, null for a layer without one. Differentiable; the caller owns the result. */
  fromTable(table: tf.Tensor2D): (LayerPrefix | null)[] {
    if (this.#isEven) return this.fromRows(table);
    const parts = tf.split(table, this.#chosenLengths) as tf.Tensor2D[];
    const single = { ...this.#geometry, numLayers: 1 };
    return this.#place(parts.flatMap((part) => splitLayerPrefixes(part, single)));
  }

  /** Its rows of the prefixes of all layers of the site, each as long as its longest. */
  toRows(layers: readonly LayerPrefix[]): tf.Tensor2D {
    return joinLayerPrefixes(layers.filter((_, layer) => this.layers.includes(layer)));
  }

  /** Its table, from its rows. */
  toTable(rows: tf.Tensor2D): tf.Tensor2D {
    if (this.#isEven) return rows;
    const width = this.#layerWidth;
    return tf.concat(
      this.#chosenLengths.map((length, index) =>
        tf.slice(rows, [0, index * width], [length, width]),
      ),
    );
  }

  get #isEven(): boolean {
    return this.#chosenLengths.every((length) => length === this.longest);
  }

  get #chosenLengths(): number[] {
    return this.#lengths.filter((length) => length > 0);
  }

  get #layerWidth(): number {
    return this.width / this.layers.length;
  }

  #cut(tensor: LayerPrefix['keys'], index: number): tf.Tensor3D {
    const length = this.#chosenLengths[index] ?? 0;
    const [heads = 0, positions, headSize = 0] = tensor.shape;
    if (positions === length) return tensor as tf.Tensor3D; // Rows have no batch axis.
    return tf.slice(tensor as tf.Tensor3D, [0, 0, 0], [heads, length, headSize]);
  }

  #place(prefixes: readonly LayerPrefix[]): (LayerPrefix | null)[] {
    return this.#lengths.map((_, layer) => prefixes[this.layers.indexOf(layer)] ?? null);
  }
}

/**
 * Scales the keys and values of each prefix by a number of its own, `[λ K; λ V]`: the layer weights
 * of adaptive prefix tuning.
 *
 * Differentiable; the caller owns the result.
 *
 * @param gates - `λ`, one for each layer that has a prefix, lowest first.
 * @see Zhang et al. (2023), arXiv:2305.15212
 */
export function gatePrefixes(
  layers: readonly (LayerPrefix | null)[],
  gates: tf.Tensor1D,
): (LayerPrefix | null)[] {
  let next = 0;
  return layers.map((prefix) => {
    if (!prefix) return null;
    // No `unstack`: its gradient fails where there is but one.
    const gate = tf.slice(gates, [next++], [1]);
    return { keys: tf.mul(prefix.keys, gate), values: tf.mul(prefix.values, gate) };
  });
}
