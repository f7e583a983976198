import * as tf from '@tensorflow/tfjs';
import type { BackboneGeometry } from './frozen-backbone.ts';
import type { LayerPrefix } from './prompt.ts';

/** What the layout of a flat prefix depends on. */
export type PrefixGeometry = Pick<BackboneGeometry, 'numLayers' | 'numKeyValueHeads' | 'headSize'>;

/** Columns of a flat prefix: `layers * 2 * heads * headSize`, with the heads of keys and values. */
export function prefixWidth({ numLayers, numKeyValueHeads, headSize }: PrefixGeometry): number {
  return numLayers * 2 * numKeyValueHeads * headSize;
}

/**
 * Splits a flat prefix, which trains as one variable, into keys and values for each layer.
 *
 * Column `((l * 2 + k) * heads + h) * headSize + e` holds entry `e` of head `h` in layer `l`: of its
 * key for `k = 0`, of its value for `k = 1`. PEFT stores prefixes in this layout too.
 *
 * Differentiable; the caller owns the result.
 *
 * @param flat - `[prefixLength, layers * 2 * heads * headSize]`.
 * @returns For each layer, first layer first, keys and values `[heads, prefixLength, headSize]`.
 */
export function splitLayerPrefixes(flat: tf.Tensor2D, geometry: PrefixGeometry): LayerPrefix[] {
  const { numLayers, numKeyValueHeads, headSize } = geometry;
  const columns = tf.reshape(flat, [flat.shape[0], 2 * numLayers, numKeyValueHeads, headSize]);
  // [layers * 2, heads, prefixLength, headSize], then one tensor of rank 3 for each key and value.
  const tensors = tf.unstack(tf.transpose(columns, [1, 2, 0, 3])) as tf.Tensor3D[];
  return Array.from({ length: numLayers }, (_, layer) => {
    const [keys, values] = tensors.slice(2 * layer, 2 * layer + 2) as [tf.Tensor3D, tf.Tensor3D];
    return { keys, values };
  });
}

/**
 * The inverse of {@link splitLayerPrefixes}. The caller owns the result.
 *
 * @param layers - Keys and values `[heads, prefixLength, headSize]`, of one shape in all layers.
 * @returns `[prefixLength, layers * 2 * heads * headSize]`.
 */
export function joinLayerPrefixes(layers: readonly LayerPrefix[]): tf.Tensor2D {
  const stacked = tf.stack(layers.flatMap(({ keys, values }) => [keys, values]));
  const columns = tf.transpose(stacked, [2, 0, 1, 3]);
  return tf.reshape(columns, [columns.shape[0] ?? 0, -1]);
}
