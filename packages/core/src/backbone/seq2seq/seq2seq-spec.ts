import type { BackboneGeometry } from '../../contract/frozen-backbone.ts';
import type { Activation } from '../../ops/activation.ts';

/** Checkpoint names of one attention block's modules, without `.weight` and `.bias`. */
export interface AttentionNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly output: string;
  readonly norm: string;
}

/** Checkpoint names of one layer's modules. */
export interface StackLayerNames {
  readonly self: AttentionNames;
  /** Null in an encoder, which looks at nothing but itself. */
  readonly cross: AttentionNames | null;
  readonly feedForward: {
    /** What gates the inner values; null where nothing does. */
    readonly gate: string | null;
    readonly intermediate: string;
    readonly output: string;
    readonly norm: string;
  };
}

/** One of the two halves: the encoder or the decoder. */
export interface StackSpec {
  /** Width of the feed-forward blocks. */
  readonly intermediateSize: number;
  /** Names of learned positions and of the norm behind them; null where it has neither. */
  readonly positions: { readonly table: string; readonly norm: string } | null;
  /** Name of the table of relative positions, `[buckets, heads]`; null where it has none. */
  readonly relativeTable: string | null;
  /** Null where the last layer's own norm is the last. */
  readonly finalNorm: string | null;
  layer(index: number): StackLayerNames;
}

/** How distances between two positions fall into buckets. */
export interface BucketSpec {
  readonly buckets: number;
  /** All distances from here on share one bucket. */
  readonly maxDistance: number;
}

/**
 * An encoder and a decoder that looks at what it gives: T5 and BART.
 *
 * @see Raffel et al. (2019), arXiv:1910.10683; Lewis et al. (2019), arXiv:1910.13461
 */
export interface Seq2SeqSpec {
  readonly geometry: Omit<BackboneGeometry, 'id'>;
  readonly activation: Activation;
  /**
   * Root-mean-square norms in front of each block, as T5 has them, or layer norms behind each
   * block and its residual, as in BART.
   */
  readonly norm: { readonly place: 'before' | 'behind'; readonly epsilon: number };
  /** Whether linear layers have a bias. */
  readonly hasBias: boolean;
  /** What attention's products are multiplied with; null for `1 / √headSize`. */
  readonly attentionScale: number | null;
  /** What word embeddings are multiplied with. */
  readonly embeddingScale: number;
  /** Rows of the tables of learned positions in front of the first position's. */
  readonly firstPosition: number;
  readonly buckets: BucketSpec;
  /** Dropout rates of the pretrained model's own training, in [0, 1). */
  readonly dropout: {
    readonly hidden: number;
    readonly attention: number;
    /** Behind the activation of the feed-forward blocks. */
    readonly activation: number;
    /** Behind the final norms. */
    readonly final: number;
  };
  /** The token that a decoder's input starts with, and the one that fills it up. */
  readonly startToken: number;
  readonly paddingToken: number;
  /** What hidden states are multiplied with where the vocabulary's logits are computed. */
  readonly outputScale: number;
  /** Whether logits have a bias of their own where the checkpoint has one. */
  readonly hasLogitsBias: boolean;
  /** What task models put in front of every name, such as `model.`. */
  readonly checkpointPrefix: string;
  readonly encoder: StackSpec;
  readonly decoder: StackSpec;
}
