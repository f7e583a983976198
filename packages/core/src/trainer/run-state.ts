import type { MissedUpdates } from './optimizer/optimizer.ts';
import type { Interval } from './options/train-options.ts';
import type { EvaluationRecord } from './train-report.ts';
import type { TrainingPlan } from './training-plan.ts';

/** How far a run is: everything besides tensors that its next step depends on. */
export interface RunState {
  /** Optimizer steps done. The epoch and the place in it follow from this. */
  readonly step: number;
  /** Steps in which variables had no gradient. */
  readonly missed: MissedUpdates;
  /** Losses since the last evaluation. */
  readonly lossSum: number;
  readonly lossCount: number;
  readonly history: readonly EvaluationRecord[];
  /** Time spent so far. */
  readonly milliseconds: number;
  /** Median of the steps before the run was stopped. */
  readonly millisecondsPerStep: number;
  /** Whether the variables are the ones the run ended with. */
  readonly isFinished: boolean;
}

export const initialState: RunState = {
  step: 0,
  missed: {},
  lossSum: 0,
  lossCount: 0,
  history: [],
  milliseconds: 0,
  millisecondsPerStep: 0,
  isFinished: false,
};

/**
 * The evaluation with the largest score, and of equal scores the one with the smallest loss, which
 * still tells them apart where few rows leave few scores to have; NaN is less than anything.
 */
export function bestOf(
  history: readonly EvaluationRecord[],
  metric: string,
): EvaluationRecord | null {
  let best: EvaluationRecord | null = null;
  for (const record of history) if (isBetter(record, best, metric)) best = record;
  return best;
}

function isBetter(
  record: EvaluationRecord,
  best: EvaluationRecord | null,
  metric: string,
): boolean {
  const score = record.scores[metric] ?? Number.NaN;
  const bestScore = best?.scores[metric] ?? Number.NEGATIVE_INFINITY;
  if (score !== bestScore) return score > bestScore;
  return (record.validationLoss ?? 0) < (best?.validationLoss ?? 0);
}

/** Whether as many evaluations as `patience` came since the best, or since the start. */
export function isOutOfPatience(
  history: readonly EvaluationRecord[],
  metric: string,
  patience: number | null,
): boolean {
  if (patience === null) return false;
  const bestStep = bestOf(history, metric)?.step ?? 0;
  return history.filter(({ step }) => step > bestStep).length >= patience;
}

/** Whether something that comes every so often, and at the end, comes after `step` steps. */
export function isDue(
  every: Interval,
  step: number,
  { stepsPerEpoch, totalSteps }: TrainingPlan,
): boolean {
  const steps = every === 'epoch' ? stepsPerEpoch : every.steps;
  return step % steps === 0 || step === totalSteps;
}
