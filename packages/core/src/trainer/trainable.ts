import type { Variable } from '@tensorflow/tfjs';
import type { Scores, SummedLoss } from '../task/task.ts';
import type { FrozenCache, FrozenCacheOptions, FrozenStates } from './frozen-cache.ts';

/** A row that was encoded once and can be batched any number of times. */
export interface EncodedExample {
  /** Positions it takes, slots included, without padding. */
  readonly length: number;
  /** The data set it is of, where a model has several; no update has rows of two. */
  readonly dataSet?: string;
}

export interface EvaluationResult {
  /** Mean loss, as in training but without dropout. */
  readonly loss: number;
  readonly scores: Scores;
}

export interface EvaluateOptions<Example> {
  /** Rows per batch. */
  readonly batchSize?: number;
  /** What the frozen part of the model gave in evaluations before; null for nothing. */
  readonly frozen?: FrozenCache<Example> | null;
}

/**
 * What the trainer trains: the part of a model that it sees.
 *
 * Ownership: the variables stay the model's.
 */
export interface Trainable<Row = unknown, Example extends EncodedExample = EncodedExample> {
  /** What is trained, by stable names such as `tuner/prefix` and `head/classifier/weight`. */
  readonly trainableVariables: ReadonlyMap<string, Variable>;
  /** Name of the score by which checkpoints are compared; larger is better. */
  readonly primaryMetric: string;
  /** Everything that decides what training does besides data and trainer options, for the fingerprint of a resumable run. */
  readonly description: Readonly<Record<string, unknown>>;
  encode(rows: readonly Row[]): Example[];
  /**
   * Remembers what training leaves as it is, for the variables as they are named now; null, or the
   * method absent, where there is nothing of the kind. It owns no tensor.
   */
  frozenCache?(options: FrozenCacheOptions<Example>): FrozenCache<Example> | null;
  /**
   * Loss in training mode. Called inside a tidy; `seed` decides every random draw.
   *
   * @param frozen - What the cache has for these examples; nothing if null or absent.
   */
  loss(examples: readonly Example[], seed: number, frozen?: FrozenStates | null): SummedLoss;
  evaluate(rows: readonly Row[], options?: EvaluateOptions<Example>): Promise<EvaluationResult>;
  /**
   * The files of the folded model by name, for a checkpoint that can also be used as it is.
   *
   * @param scores - Result to tell of in them; null where there is none.
   */
  files(scores: Scores | null): Promise<ReadonlyMap<string, Uint8Array | string>>;
}
