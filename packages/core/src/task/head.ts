import type { Tensor, Tensor2D } from '@tensorflow/tfjs';

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
}
