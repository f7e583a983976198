import * as tf from '@tensorflow/tfjs';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import type { LayerPrefix } from '../contract/prompt.ts';

/**
 * Which of an encoder-decoder's stored prefixes PEFT gives to a decoder layer.
 *
 * It lays all of them out twice, for keys and values of two attention sites a layer, and drops every
 * second one with the cross-attention's. With an even number of layers half of what is stored is
 * never used, and the upper half of the decoder repeats the lower.
 *
 * @see peft 0.21.2, `PeftModel.get_prompt`
 */
function storedPlace(layer: number, layers: number): number {
  return (2 * layer) % layers;
}

/** Whether PEFT's file holds an encoder-decoder's prefixes, which then are all for its decoder. */
export function isEncoderDecoder({
  architecture,
}: Pick<BackboneGeometry, 'architecture'>): boolean {
  return architecture === 'encoder-decoder';
}

/** The prefixes of a decoder's layers, of those that PEFT stores; called inside a tidy. */
export function fromStoredLayers(stored: readonly LayerPrefix[]): LayerPrefix[] {
  return stored.flatMap((_, layer) => {
    const place = storedPlace(layer, stored.length);
    // Copies share their values, by which layers that are the same can be told.
    return stored
      .slice(place, place + 1)
      .map(({ keys, values }) => ({ keys: tf.clone(keys), values: tf.clone(values) }));
  });
}

/** The inverse; zeros stand where PEFT reads nothing. Called inside a tidy. */
export function toStoredLayers(layers: readonly LayerPrefix[]): LayerPrefix[] {
  const stored = layers.map(({ keys, values }) => ({
    keys: tf.zerosLike(keys),
    values: tf.zerosLike(values),
  }));
  for (const [layer, prefix] of layers.entries()) {
    stored[storedPlace(layer, layers.length)] = prefix;
  }
  return stored;
}

/** Whether layers that PEFT gives the same prefix have the very same one. */
export function sharesStoredLayers(layers: readonly (LayerPrefix | null)[]): boolean {
  return layers.every((prefix, layer) => {
    const place = storedPlace(layer, layers.length);
    const first =
      layers[layers.findIndex((_, other) => storedPlace(other, layers.length) === place)];
    return (
      prefix?.keys.dataId === first?.keys.dataId && prefix?.values.dataId === first?.values.dataId
    );
  });
}
