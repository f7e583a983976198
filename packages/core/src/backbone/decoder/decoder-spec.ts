import type { BackboneGeometry } from '../../contract/frozen-backbone.ts';
import type { Activation } from '../../ops/activation.ts';

/** Checkpoint names of one decoder layer's modules, without `.weight` and `.bias`. */
export interface DecoderLayerNames {
  readonly attentionNorm: string;
  /** Queries, keys and values as one linear map, or one each. */
  readonly attention:
    | { readonly packed: string }
    | { readonly query: string; readonly key: string; readonly value: string };
  /** Norms of each head's queries and keys; null where the family has none. */
  readonly headNorms: { readonly query: string; readonly key: string } | null;
  readonly attentionOutput: string;
  readonly feedForwardNorm: string;
  /** What gates the inner values; null where nothing does. */
  readonly gate: string | null;
  readonly intermediate: string;
  readonly output: string;
}

/** Checkpoint names of a decoder's modules. */
export interface DecoderNames {
  readonly wordEmbeddings: string;
  /** Null where positions are turned into the queries and keys instead. */
  readonly positionEmbeddings: string | null;
  layer(index: number): DecoderLayerNames;
  readonly finalNorm: string;
}

/** The trainable part of a family's heads, which have no dense layer. */
interface DecoderHeads {
  readonly sequence: { readonly output: string };
  readonly token: { readonly output: string; readonly dropoutRate: number };
}

/**
 * A causal decoder with normalization in front of each block: GPT-2, Llama and their relatives.
 *
 * @see Radford et al. (2019), Language Models are Unsupervised Multitask Learners; Touvron et al.
 *   (2023), arXiv:2302.13971
 */
export interface DecoderSpec {
  readonly geometry: Omit<BackboneGeometry, 'id'>;
  readonly activation: Activation;
  /** Width of the feed-forward blocks. */
  readonly intermediateSize: number;
  readonly norm: { readonly kind: 'layer' | 'rms'; readonly epsilon: number };
  /** Radians a position, one for each half of a head; null with learned positions. */
  readonly frequencies: Float64Array | null;
  /** Dropout rates of the pretrained model's own training, in [0, 1). */
  readonly dropout: {
    readonly embeddings: number;
    readonly attention: number;
    readonly hidden: number;
  };
  /** Whether linear weights are stored `[in, out]`. */
  readonly isTransposed: boolean;
  /** Which linear layers have a bias. */
  readonly biases: {
    readonly attention: boolean;
    readonly attentionOutput: boolean;
    readonly feedForward: boolean;
  };
  /** Whether the word embeddings are also the last layer that gives the vocabulary's logits. */
  readonly isTied: boolean;
  /** What task models put in front of every name, such as `model.`. */
  readonly checkpointPrefix: string;
  readonly names: DecoderNames;
  readonly heads: DecoderHeads;
}
