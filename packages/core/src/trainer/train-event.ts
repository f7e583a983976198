import type { EvaluationRecord, TrainReport } from './train-report.ts';

/** What a run tells while it goes on. */
export type TrainEvent =
  | ({
      readonly type: 'start';
      readonly stepsPerEpoch: number;
      /** Rows to train on. */
      readonly rows: number;
      /** Trained numbers. */
      readonly parameters: number;
    } & StepPosition)
  | StepEvent
  | EvaluationEvent
  | ({ readonly type: 'checkpoint'; readonly folder: string } & StepPosition)
  | ({ readonly type: 'end'; readonly step: number } & TrainReport);

/** Where a run is. */
export interface StepPosition {
  /** Optimizer steps done. */
  readonly step: number;
  readonly totalSteps: number;
  /** Epochs done, with the fraction of the current one. */
  readonly epoch: number;
}

/** An optimizer step was done. */
export interface StepEvent extends StepPosition {
  readonly type: 'step';
  /** The epoch that the step is of, from 0. */
  readonly epoch: number;
  /** The data set whose rows it had, where a model has several. */
  readonly dataSet?: string;
  /** Mean over the step's rows, or whatever the task counts. */
  readonly loss: number;
  readonly learningRate: number;
  /** Of the mean gradient of all variables together, before clipping. */
  readonly gradientNorm: number;
  readonly rowsPerSecond: number;
  /** Estimated from the steps so far, evaluations included. */
  readonly secondsLeft: number;
}

export interface EvaluationEvent extends EvaluationRecord {
  readonly type: 'evaluation';
  readonly totalSteps: number;
  /** Whether it is better than all before. */
  readonly isBest: boolean;
}
