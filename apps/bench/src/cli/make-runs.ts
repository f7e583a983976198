import type { RecordStore } from '../records/record-store.ts';
import type { RunRecord } from '../records/run-record.ts';
import type { BenchContext } from '../runner/bench-context.ts';
import { makeRun } from '../runner/make-run.ts';
import type { PlannedRun } from '../runner/plan.ts';
import { runAll } from '../runner/run-all.ts';
import type { RunShare } from '../runner/run-share.ts';
import { howToGoOn } from './how-to-go-on.ts';
import { ProgressLine } from './progress-line.ts';
import { RunLines } from './run-lines.ts';
import type { Terminal } from './terminal.ts';

export interface MakeRunsOptions {
  readonly context: BenchContext;
  readonly store: RecordStore;
  readonly fresh: boolean;
  readonly terminal: Terminal;
  /** Where other processes make these runs too. */
  readonly share?: RunShare;
  /** Whether runs that are stored are told of; true if absent. */
  readonly tellStored?: boolean;
}

/**
 * Makes the runs that are not stored and tells of each in a line; Ctrl-C stops after a step.
 *
 * @throws {@link PtlError} `ABORTED`, after it is said how to go on.
 */
export async function makeRuns(
  runs: readonly PlannedRun[],
  { context, store, fresh, terminal, share, tellStored = true }: MakeRunsOptions,
): Promise<RunRecord[]> {
  const listener = new RunLines(runs.length, new ProgressLine(terminal), tellStored);
  try {
    return await runAll(runs, {
      context,
      store,
      fresh,
      makeRun,
      listener,
      ...(share && { share }),
    });
  } catch (error) {
    listener.clear();
    if (context.signal.aborted && !share) {
      terminal.error(
        `Stopped; ${listener.finished} of ${runs.length} runs are stored. ${howToGoOn(fresh)}\n`,
      );
    }
    throw error;
  }
}
