import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';

/** Where attention happens: in an encoder, in a decoder, or from a decoder to an encoder. */
export type AttentionSite = 'encoder' | 'decoder' | 'cross';

/** Keys and values that one attention layer sees before those of the input. */
export interface LayerPrefix {
  /** `[heads, prefixLength, headSize]`, shared by the batch, or `[batch, heads, prefixLength, headSize]`. */
  readonly keys: Tensor3D | Tensor4D;
  /** The same shape as `keys`. */
  readonly values: Tensor3D | Tensor4D;
  /** How many of its positions each row uses in this layer; those of the whole prompt if absent. */
  readonly lengths?: readonly number[];
}

/** No prompt: the bare backbone. */
export interface NoPrompt {
  readonly kind: 'none';
}

/** Trainable embeddings that fill the slots which the tuner's layout left in the input. */
export interface VirtualTokens {
  readonly kind: 'virtual-tokens';
  /** `[promptLength, embeddingSize]`, shared by the batch, or `[batch, promptLength, embeddingSize]`. */
  readonly embeddings: Tensor2D | Tensor3D;
  /**
   * Embeddings in front of the input of an encoder-decoder's decoder, `[positions, embeddingSize]` or
   * `[batch, positions, embeddingSize]`; none if absent. They fill no slots of the batch.
   */
  readonly decoder?: Tensor2D | Tensor3D;
}

/** Trainable keys and values in front of the input's own. */
export interface LayerPrefixes {
  readonly kind: 'layer-prefixes';
  /** For each attention site one entry per layer, first layer first; null where a layer has none. */
  readonly sites: Readonly<Partial<Record<AttentionSite, readonly (LayerPrefix | null)[]>>>;
  /**
   * How many of its prefix positions each row uses, for batches whose rows have different
   * prompts: position `i` of row `b` is masked out where `i >= lengths[b]`. All of them if absent.
   */
  readonly lengths?: readonly number[];
}

/** What a tuner adds to a batch. It says what it is, not which method made it. */
export type Prompt = NoPrompt | VirtualTokens | LayerPrefixes;

/** Both at once, for a batch whose rows have prompts of different kinds. No tuner makes one. */
interface CombinedPrompt {
  readonly kind: 'combined';
  readonly tokens: VirtualTokens;
  readonly prefixes: LayerPrefixes;
}

/** What a backbone runs with. */
export type BackbonePrompt = Prompt | CombinedPrompt;
