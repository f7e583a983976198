import type { Scores } from '../task/task.ts';

/** One evaluation of the validation rows. */
export interface EvaluationRecord {
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done, with the fraction of the current one. */
  readonly epoch: number;
  /** Mean loss of the steps since the evaluation before. */
  readonly trainLoss: number;
  /** Null without validation rows. */
  readonly validationLoss: number | null;
  /** Empty without validation rows. */
  readonly scores: Scores;
}

export type StopReason = 'epochs' | 'max-steps' | 'early-stopping';

/** How a training run went; of a resumed run, all of its parts together. */
export interface TrainReport {
  /** Optimizer steps. */
  readonly steps: number;
  /** Epochs, with the fraction of one that was not finished. */
  readonly epochs: number;
  readonly history: readonly EvaluationRecord[];
  /** The evaluation with the largest primary score, the earliest of equals; null without any. */
  readonly best: EvaluationRecord | null;
  /** Time from start to end, evaluations and checkpoints included. */
  readonly milliseconds: number;
  /** Median of the optimizer steps since the run was last started. */
  readonly millisecondsPerStep: number;
  readonly stoppedBy: StopReason;
}
