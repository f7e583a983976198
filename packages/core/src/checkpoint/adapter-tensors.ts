import * as tf from '@tensorflow/tfjs';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import { joinLayerPrefixes, splitLayerPrefixes } from '../contract/layer-prefixes.ts';
import type { LayerPrefix, Prompt } from '../contract/prompt.ts';

/** Name of the prompt in PEFT's files, whatever the method. */
export const promptTensor = 'prompt_embeddings';
/** What PEFT puts in front of a head's parameters. */
export const headPrefix = 'base_model.';
/** Trained backbone weights, which PEFT has no place for. */
export const unfrozenPrefix = 'ptl.backbone.';

/**
 * A folded prompt as PEFT stores it, `[promptLength, hidden]` or `[prefixLength, layers * 2 * heads
 * * headSize]`; null where there is no prompt.
 *
 * @throws TypeError for a prompt with a batch axis, or prefixes that differ in length: a method
 *   that makes these cannot be saved.
 */
export function promptToTensor(prompt: Prompt): tf.Tensor2D | null {
  if (prompt.kind === 'none') return null;
  if (prompt.kind === 'virtual-tokens') {
    if (prompt.embeddings.rank === 2) return prompt.embeddings as tf.Tensor2D;
    throw new TypeError('A prompt with a batch axis cannot be saved.');
  }
  const layers = Object.values(prompt.sites).flat();
  const present = layers.filter((layer): layer is LayerPrefix => layer !== null);
  const lengths = new Set(present.map(({ keys }) => keys.shape.join()));
  if (present.length !== layers.length || lengths.size !== 1 || present[0]?.keys.rank !== 3) {
    throw new TypeError('Only prefixes of one length in every layer can be saved.');
  }
  return tf.tidy(() => joinLayerPrefixes(present));
}

/** The inverse of {@link promptToTensor}; the caller owns the prompt's tensors. */
export function promptFromTensor(
  kind: Prompt['kind'],
  tensor: tf.Tensor2D | null,
  geometry: BackboneGeometry,
): Prompt {
  if (kind === 'none' || !tensor) return { kind: 'none' };
  if (kind === 'virtual-tokens') return { kind, embeddings: tf.clone(tensor) };
  let layers: LayerPrefix[] = [];
  tf.tidy(() => {
    layers = splitLayerPrefixes(tensor, geometry);
    return layers.map(({ keys, values }) => [keys, values]);
  });
  const [site = 'encoder'] = geometry.attentionSites;
  return { kind, sites: { [site]: layers } };
}

/** The shape a stored prompt must have on a backbone. */
export function promptShape(
  kind: Prompt['kind'],
  promptLength: number,
  { numLayers, numKeyValueHeads, headSize, embeddingSize }: BackboneGeometry,
): readonly number[] {
  const width =
    kind === 'virtual-tokens' ? embeddingSize : numLayers * 2 * numKeyValueHeads * headSize;
  return [promptLength, width];
}
