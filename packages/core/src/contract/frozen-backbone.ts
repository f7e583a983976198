import type { Tensor2D } from '@tensorflow/tfjs';
import type { AttentionSite, LayerPrefix } from './prompt.ts';

/** How a model reads and writes; there may be more of them in a later release. */
export type BackboneArchitecture = 'encoder' | 'decoder' | 'encoder-decoder';

/** The sizes of a backbone, as its own config gives them. */
export interface BackboneGeometry {
  /** Where it was loaded from. */
  readonly id: string;
  /** `model_type` of its config, such as `bert`. */
  readonly family: string;
  readonly architecture: BackboneArchitecture;
  /** Attention sites that take a prefix, each with `numLayers` layers. */
  readonly attentionSites: readonly AttentionSite[];
  readonly numLayers: number;
  readonly numHeads: number;
  /** Heads of keys and values; smaller than `numHeads` with grouped-query attention. */
  readonly numKeyValueHeads: number;
  /** Size of one head; need not be `hiddenSize / numHeads`. */
  readonly headSize: number;
  readonly hiddenSize: number;
  /** Width of the word embeddings, and so of a virtual token. */
  readonly embeddingSize: number;
  readonly vocabularySize: number;
  /**
   * Positions that one row may take, virtual ones included. T5 knows distances only, and has those
   * that it was trained with.
   */
  readonly maxPositions: number;
}

/** A weight of the backbone that a baseline may unfreeze. */
export interface BackboneParameter {
  /** The checkpoint's own name without the prefix of the family, such as `encoder.layer.0.output.dense.bias`. */
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * The layer it belongs to, in either half of an encoder-decoder, and the last of them where layers
   * share it; null for embeddings and the like.
   */
  readonly layer: number | null;
  /** Given for a weight that only some heads use: the pooler, or the layers that score the vocabulary. */
  readonly head?: 'pooler' | 'vocabulary';
}

/** What a method may ask of the frozen model: sizes, and values to start from; never the model. */
export interface FrozenBackbone {
  readonly geometry: BackboneGeometry;
  readonly parameters: readonly BackboneParameter[];
  /** Word embeddings `[ids, embeddingSize]`, without positions. The caller owns the result. */
  embeddingsOf(ids: readonly number[]): Tensor2D;
  /**
   * Keys and values that each layer computes for a sequence of token ids, one entry a layer,
   * `[heads, ids, headSize]`: of an encoder-decoder, each layer of its encoder. The caller owns the
   * result.
   */
  keysAndValuesOf(ids: readonly number[]): LayerPrefix[];
  /** Token ids of a text, without special tokens. */
  tokenize(text: string): readonly number[];
  /** The `count` most frequent ordinary tokens, as the order of the vocabulary tells. */
  frequentTokens(count: number): readonly number[];
}
