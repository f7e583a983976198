import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { LinearWeights } from '../ops/linear.ts';

/** Trained backbone weights that replace frozen ones, by parameter name. */
type Trained = ReadonlyMap<string, Tensor>;

/**
 * The pretrained model's own way from hidden states to scores of its words: a decoder's of the next
 * one, an encoder's of a masked one. Called inside a tidy; frozen but for `trained` weights.
 */
export interface VocabularyLayer {
  /** What the last layer takes, `[rows, embeddingSize]`, of hidden states `[rows, hidden]`. */
  features(rows: Tensor2D, trained?: Trained): Tensor2D;
  /** The last layer: scores of all words, `[rows, vocabulary]`, of features. */
  scores(features: Tensor2D, trained?: Trained): Tensor2D;
  /** The last layer's weights for some words: `[ids, embeddingSize]`, and a bias where it has one. */
  words(ids: Int32Array, trained?: Trained): LinearWeights;
}

/**
 * How a model family shapes its head, so that weights keep the names Transformers gives them.
 *
 * The last layer always maps to the labels; a dense layer in front of it is trained with it.
 */
export interface HeadGeometry {
  /** Trainable layer `hidden -> hidden` before the last one, with its activation. */
  readonly dense?: { readonly name: string; readonly activation: 'gelu' | 'relu' | 'tanh' };
  /** Name of the last layer in Transformers' task model, such as `classifier`. */
  readonly output: string;
  /** Whether the last layer has a bias. True if absent. */
  readonly hasBias?: boolean;
  /** Dropout before each layer in training, in [0, 1). */
  readonly dropoutRate: number;
  /** Dropout before the pooler in training, in [0, 1); none if absent. */
  readonly poolerDropoutRate?: number;
  /**
   * The backbone's own pooler, applied to the first token before the head; null where the family
   * or the checkpoint has none. Only sequence heads use it. Frozen but for `trained` weights.
   */
  readonly pooler: ((first: Tensor2D, trained?: ReadonlyMap<string, Tensor>) => Tensor2D) | null;
  /**
   * The pretrained model's scores of its vocabulary, `[rows, vocabulary]`, of `[rows, hidden]`; only
   * heads of language models use it.
   */
  readonly vocabularyLogits?: (rows: Tensor2D, trained?: ReadonlyMap<string, Tensor>) => Tensor2D;
}

/** Both steps at once, as language models take them: scores `[rows, vocabulary]` of hidden states. */
export function scoreVocabulary(
  layer: VocabularyLayer,
): NonNullable<HeadGeometry['vocabularyLogits']> {
  return (rows, trained) => layer.scores(layer.features(rows, trained), trained);
}
