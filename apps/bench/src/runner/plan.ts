import { majorityName } from '../bench-methods.ts';
import type { DataSet } from '../data/data-set.ts';
import { type Experiment, loadExperiment } from '../experiments/load-experiment.ts';
import type { RunOutcome } from '../records/run-record.ts';
import type { BenchContext, RunProgress } from './bench-context.ts';
import { requireMethod } from './require-method.ts';

/** One run to be made. */
export interface PlannedRun {
  readonly dataSet: DataSet;
  readonly method: string;
  readonly seed: number;
  /** Null for the majority class, which has nothing to set. */
  readonly experiment: Experiment | null;
  /** Done in place of training on the data set and testing on it. */
  readonly procedure?: Procedure;
}

/** Something else than a training that comes to a score. */
export interface Procedure {
  readonly name: string;
  /** Plain data that, with the run, decides the outcome. */
  readonly settings: unknown;
  run(
    run: PlannedRun,
    context: BenchContext,
    onProgress: (progress: RunProgress) => void,
  ): Promise<RunOutcome>;
}

export interface PlanOptions {
  readonly dataSets: readonly DataSet[];
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  /** The folder of experiments that a data set is run by. */
  experimentOf(dataSet: DataSet): string;
}

/**
 * Lists all runs: task by task, method by method, seed by seed. All settings are read here, so that
 * a mistake in the last of them is known before the first run.
 *
 * @throws {@link PtlError} `METHOD_UNKNOWN`, or what {@link loadExperiment} throws.
 */
export async function planRuns(options: PlanOptions): Promise<PlannedRun[]> {
  const { dataSets, methods, seeds, experimentOf } = options;
  for (const method of methods) requireMethod(method);
  const runs: PlannedRun[] = [];
  for (const dataSet of dataSets) {
    for (const method of methods) {
      const experiment =
        method === majorityName ? null : await loadExperiment(experimentOf(dataSet), method);
      runs.push(...seeds.map((seed) => ({ dataSet, method, seed, experiment })));
    }
  }
  return runs;
}
