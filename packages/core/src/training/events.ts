import type { Scores } from '../task/task.ts';

/** One evaluation of the validation rows. */
export interface EvaluationRecord {
  /** Updates made. */
  readonly step: number;
  /** Passes over the training rows made, with fractions. */
  readonly epoch: number;
  /** Mean training loss since the evaluation before. */
  readonly trainLoss: number;
  /** Mean loss on the validation rows; null where there are none. */
  readonly validationLoss: number | null;
  /** Empty where there are no validation rows. */
  readonly scores: Scores;
}

/** What a run came to. */
export interface TrainReport {
  readonly steps: number;
  readonly epochs: number;
  readonly history: readonly EvaluationRecord[];
  /** The evaluation with the best primary score; null without validation rows. */
  readonly best: EvaluationRecord | null;
  readonly stoppedBy: 'epochs' | 'max-steps' | 'early-stopping';
  /** Wall time of this process's part of the run, evaluations included. */
  readonly milliseconds: number;
  /** Median over the updates of this process. */
  readonly millisecondsPerStep: number;
}

/** What a run tells while it goes on. */
export type TrainEvent =
  | {
      readonly type: 'start';
      readonly step: number;
      readonly totalSteps: number;
      readonly rows: number;
    }
  | {
      readonly type: 'step';
      readonly step: number;
      readonly totalSteps: number;
      readonly epoch: number;
      readonly loss: number;
      /** Before clipping. */
      readonly gradientNorm: number;
      readonly learningRate: number;
      readonly rowsPerSecond: number;
      readonly secondsLeft: number;
    }
  | ({ readonly type: 'evaluation' } & EvaluationRecord)
  | { readonly type: 'checkpoint'; readonly step: number; readonly folder: string }
  | ({ readonly type: 'end' } & TrainReport);
