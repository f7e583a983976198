import * as tf from '@tensorflow/tfjs';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import { joinLayerPrefixes, splitLayerPrefixes } from '../contract/layer-prefixes.ts';
import type { LayerPrefix, LayerPrefixes, Prompt, VirtualTokens } from '../contract/prompt.ts';
import { fromStoredLayers, isEncoderDecoder, toStoredLayers } from './decoder-prefixes.ts';

/** Name of the prompt in PEFT's files, whatever the method. */
export const promptTensor = 'prompt_embeddings';
/** Names of the factors of each task's share in PEFT's multi-task prompts. */
export const taskColumns = 'prefix_task_cols';
export const taskRows = 'prefix_task_rows';
/** What PEFT puts in front of the parameters of heads and of trained modules. */
export const headPrefix = 'base_model.';
/** Trained backbone weights where there is no prompt, and so nothing for PEFT to load. */
export const unfrozenPrefix = 'ptl.backbone.';

/** A tensor with the name that it has in a file. */
export type NamedTensor = readonly [name: string, tensor: tf.Tensor];

/**
 * A folded prompt as PEFT stores it, `[promptLength, hidden]` or `[prefixLength, layers * 2 * heads
 * * headSize]`. The caller owns it.
 *
 * @param prompt - Prefixes must be of one length and of one site: the decoder of an encoder-decoder.
 * @throws TypeError for a prompt with a batch axis: a method that folds to one cannot be saved.
 */
export function promptToTensor(
  prompt: VirtualTokens | LayerPrefixes,
  geometry: BackboneGeometry,
): tf.Tensor2D {
  if (prompt.kind === 'virtual-tokens') {
    const parts = [prompt.embeddings, ...(prompt.decoder ? [prompt.decoder] : [])];
    if (parts.every((part): part is tf.Tensor2D => part.rank === 2)) return tf.concat(parts);
    throw new TypeError('A prompt with a batch axis cannot be saved.');
  }
  const layers = Object.values(prompt.sites).flat();
  const present = layers.filter((layer): layer is LayerPrefix => layer !== null);
  if (present[0]?.keys.rank !== 3) throw new TypeError('Prefixes per row cannot be saved.');
  return tf.tidy(() =>
    joinLayerPrefixes(isEncoderDecoder(geometry) ? toStoredLayers(present) : present),
  );
}

/**
 * What makes a prompt with a decoder's half one of PEFT's multi-task prompts, the only ones whose
 * second half it uses: factors of one, for one task. None for other prompts. Called inside a tidy.
 */
export function taskTensors(prompt: VirtualTokens | LayerPrefixes): NamedTensor[] {
  if (prompt.kind !== 'virtual-tokens' || !prompt.decoder) return [];
  const { embeddings, decoder } = prompt;
  const rows = (embeddings.shape.at(-2) ?? 0) + (decoder.shape.at(-2) ?? 0);
  return [
    [taskColumns, tf.ones([1, rows, 1])],
    [taskRows, tf.ones([1, 1, embeddings.shape.at(-1) ?? 0])],
  ];
}

/**
 * The inverse of {@link promptToTensor}; the caller owns the prompt's tensors.
 *
 * @param hasDecoder - Whether half of the virtual tokens are the decoder's.
 */
export function promptFromTensor(
  kind: Prompt['kind'],
  tensor: tf.Tensor2D | null,
  geometry: BackboneGeometry,
  hasDecoder = false,
): Prompt {
  if (kind === 'none' || !tensor) return { kind: 'none' };
  if (kind === 'virtual-tokens') {
    if (!hasDecoder) return { kind, embeddings: tf.clone(tensor) };
    const [embeddings, decoder] = tf.split(tensor, 2) as [tf.Tensor2D, tf.Tensor2D]; // One half each.
    return { kind, embeddings, decoder };
  }
  let layers: LayerPrefix[] = [];
  tf.tidy(() => {
    const stored = splitLayerPrefixes(tensor, geometry);
    layers = isEncoderDecoder(geometry) ? fromStoredLayers(stored) : stored;
    return layers.map(({ keys, values }) => [keys, values]);
  });
  const [site = 'encoder'] = geometry.attentionSites;
  return { kind, sites: { [isEncoderDecoder(geometry) ? 'decoder' : site]: layers } };
}

/** The shape a stored prompt must have on a backbone; `hasDecoder` as in {@link promptFromTensor}. */
export function promptShape(
  kind: Prompt['kind'],
  promptLength: number,
  { numLayers, numKeyValueHeads, headSize, embeddingSize }: BackboneGeometry,
  hasDecoder = false,
): readonly number[] {
  const width =
    kind === 'virtual-tokens' ? embeddingSize : numLayers * 2 * numKeyValueHeads * headSize;
  return [hasDecoder ? 2 * promptLength : promptLength, width];
}
