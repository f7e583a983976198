import type { Variable } from '@tensorflow/tfjs';
import type { Scores, SummedLoss } from '../task/task.ts';

/** A row that was encoded once and can be batched any number of times. */
export interface EncodedExample {
  /** Positions it takes, slots included, without padding. */
  readonly length: number;
}

export interface EvaluationResult {
  /** Mean loss, as in training but without dropout. */
  readonly loss: number;
  readonly scores: Scores;
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
  /** Loss in training mode. Called inside a tidy; `seed` decides every random draw. */
  loss(examples: readonly Example[], seed: number): SummedLoss;
  evaluate(
    rows: readonly Row[],
    options?: { readonly batchSize?: number },
  ): Promise<EvaluationResult>;
  /**
   * The files of the folded model by name, for a checkpoint that can also be used as it is.
   *
   * @param scores - Result to tell of in them; null where there is none.
   */
  files(scores: Scores | null): Promise<ReadonlyMap<string, Uint8Array | string>>;
}
