import { RecordStore } from '../records/record-store.ts';
import type { RunRecord } from '../records/run-record.ts';
import type { BenchContext } from '../runner/bench-context.ts';
import { makeRun } from '../runner/make-run.ts';
import { type RunListener, runAll } from '../runner/run-all.ts';
import type { SearchResult } from './run-search.ts';
import { chosenExperiment } from './write-search.ts';

export interface FinalRunsOptions {
  readonly context: BenchContext;
  readonly folder: string;
  readonly fresh: boolean;
  readonly seeds: readonly number[];
  /** Makes the listener for so many runs. */
  listenerFor(runs: number): RunListener;
}

/**
 * Trains what was chosen on the data set's own parts, once for each seed, and looks at the test part.
 *
 * @throws {@link PtlError} `ABORTED` when the signal says so; what was made is stored.
 */
export function makeFinalRuns(
  results: readonly SearchResult[],
  { context, folder, fresh, seeds, listenerFor }: FinalRunsOptions,
): Promise<RunRecord[]> {
  const runs = results.flatMap((result) =>
    seeds.map((seed) => ({
      dataSet: result.dataSet,
      method: result.method,
      seed,
      experiment: chosenExperiment(result),
    })),
  );
  const store = new RecordStore(folder);
  const listener = listenerFor(runs.length);
  return runAll(runs, { context, store, fresh, makeRun, listener });
}
