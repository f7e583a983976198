import type { PlannedRun } from '../../runner/plan.ts';
import type { TrainingRun } from '../../runner/train-run.ts';

/** A run with settings to train by, which all but the majority class have. */
export function requireTrained({ experiment, ...run }: PlannedRun): TrainingRun {
  if (experiment) return { ...run, experiment };
  throw new TypeError(`"${run.method}" trains nothing.`);
}
