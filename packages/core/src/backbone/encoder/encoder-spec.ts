import type { BackboneGeometry } from '../../contract/frozen-backbone.ts';
import type { Activation } from '../../ops/activation.ts';
import type { HeadGeometry } from '../../task/head.ts';
import type { DisentangledSpec } from './disentangled-spec.ts';
import type { VocabularySpec } from './vocabulary-spec.ts';

/** Checkpoint names of one layer's modules, without `.weight` and `.bias`. */
export interface LayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly intermediate: string;
  readonly output: string;
  readonly outputNorm: string;
}

/** Checkpoint names of an encoder's modules, without the prefix that task models add. */
export interface EncoderNames {
  readonly wordEmbeddings: string;
  /** Null where the family has no absolute positions. */
  readonly positionEmbeddings: string | null;
  /** Null where the family has no token types. */
  readonly tokenTypeEmbeddings: string | null;
  readonly embeddingNorm: string;
  layer(index: number): LayerNames;
  /** Null where the family has none; may be missing from a checkpoint all the same. */
  readonly pooler: string | null;
}

/** The trainable part of a head that reads a sequence as a whole. */
interface SequenceHead {
  readonly dense?: NonNullable<HeadGeometry['dense']>;
  readonly output: string;
  readonly dropoutRate: number;
}

/** The trainable part of a family's heads. */
interface EncoderHeads {
  readonly sequence: SequenceHead;
  /** Of each choice; that of sequences if absent. */
  readonly choice?: SequenceHead;
  readonly token: { readonly output: string; readonly dropoutRate: number };
  /** Of start and end of an answer. */
  readonly span: { readonly output: string; readonly dropoutRate: number };
}

/** A linear map from the width of the embeddings to the hidden width. */
export interface EmbeddingProjection {
  readonly name: string;
  /** Before the embeddings' normalization, as in DeBERTa, or behind it, as in ELECTRA. */
  readonly place: 'before-norm' | 'behind-norm';
  readonly hasBias: boolean;
}

/**
 * An encoder with normalization behind each block: BERT and its relatives.
 *
 * @see Devlin et al. (2019), arXiv:1810.04805
 */
export interface EncoderSpec {
  readonly geometry: Omit<BackboneGeometry, 'id'>;
  readonly activation: Activation;
  /** Width of the feed-forward blocks. */
  readonly intermediateSize: number;
  /** Added to variances in layer normalization. */
  readonly epsilon: number;
  /** Dropout rates of the pretrained model's own training, in [0, 1). */
  readonly dropout: {
    readonly hidden: number;
    readonly attention: number;
    /** Behind the feed-forward block; that of `hidden` if absent. */
    readonly output?: number;
  };
  /**
   * The position id of a row's first token: 0, or for RoBERTa the padding id plus one, with
   * padding positions left at the padding id.
   */
  readonly firstPosition: number;
  readonly tokenTypes: number;
  /** What task models put in front of every name, such as `bert.`. */
  readonly checkpointPrefix: string;
  /** Null where the embeddings have the hidden width already. */
  readonly projection: EmbeddingProjection | null;
  readonly names: EncoderNames;
  /** Null for attention whose scores depend on content only. */
  readonly disentangled: DisentangledSpec | null;
  /** What the pooler does around its linear map; tanh and no dropout if absent. */
  readonly pooling?: { readonly activation: Activation; readonly dropoutRate: number };
  readonly heads: EncoderHeads;
  /** Heads for masked words by what a checkpoint may have; the first that it has is used. */
  readonly vocabulary: readonly VocabularySpec[];
}
