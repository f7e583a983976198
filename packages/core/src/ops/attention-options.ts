import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { LayerPrefix } from '../contract/prompt.ts';
import type { AttentionShape } from './attention-heads.ts';
import type { Projection } from './linear.ts';

/** Linear maps of what asks and of what is looked at. */
export interface AttentionInput {
  /** Queries, `[batch * queries, numHeads * headSize]`; or with keys and values behind them. */
  readonly query: Projection;
  /**
   * Keys and values side by side, `[batch * sequence, 2 * numKeyValueHeads * headSize]`; null where
   * `query` holds all three.
   */
  readonly keyValue: Projection | null;
}

/** What scores get besides their mask, such as from relative positions. */
export interface ScoreBias {
  /** `[heads, 1 or batch, queries, prefixLength + sequence]`, added behind the scale. */
  readonly values: Tensor4D;
  /** Whether a gradient is to reach `values`. */
  readonly trained: boolean;
}

export interface AttentionOptions {
  readonly shape: AttentionShape;
  /** Keys and values in front of the input's own. */
  readonly prefix: LayerPrefix | null;
  /** Added to the scores, `[1, batch, 1, prefixLength + sequence]`; null where nothing is masked. */
  readonly bias: Tensor4D | null;
  /** What the products of queries and keys are multiplied with; `1 / √headSize` if absent. */
  readonly scale?: number;
  /** None if absent. */
  readonly scoreBias?: ScoreBias;
  /**
   * Whether a query sees no position behind its own. Queries are then the last positions of the
   * sequence. False if absent.
   */
  readonly isCausal?: boolean;
  /** Applies dropout to the attention weights; null in evaluation. */
  readonly dropWeights: ((weights: Tensor) => Tensor) | null;
}
