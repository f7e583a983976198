import type { RunOutcome } from '../records/run-record.ts';
import type { BenchContext, RunProgress } from './bench-context.ts';
import type { PlannedRun } from './plan.ts';
import { runMajority } from './run-majority.ts';
import { runTraining } from './run-training.ts';

/** Makes a run, of whatever it is a run of. */
export async function makeRun(
  run: PlannedRun,
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
): Promise<RunOutcome> {
  const { experiment, procedure } = run;
  if (procedure) return await procedure.run(run, context, onProgress);
  if (experiment === null) return runMajority(run);
  return await runTraining({ ...run, experiment }, context, onProgress);
}
