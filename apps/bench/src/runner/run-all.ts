import { PtlError } from '@ptl/core';
import { fingerprint } from '../records/fingerprint.ts';
import type { RecordStore } from '../records/record-store.ts';
import type { RunOutcome, RunRecord } from '../records/run-record.ts';
import type { BenchContext, RunProgress } from './bench-context.ts';
import { identifyRun } from './identify-run.ts';
import type { PlannedRun } from './plan.ts';

/** Makes one run. */
export type MakeRun = (
  run: PlannedRun,
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
) => Promise<RunOutcome>;

/** Hears how the runs go; `place` counts from 1. */
export interface RunListener {
  onProgress(run: PlannedRun, place: number, progress: RunProgress): void;
  /** @param isNew - False for a run that was made in an earlier call. */
  onRecord(run: PlannedRun, place: number, record: RunRecord, isNew: boolean): void;
}

export interface RunAllOptions {
  readonly context: BenchContext;
  readonly store: RecordStore;
  /** Makes every run, whether or not it was made before. */
  readonly fresh: boolean;
  readonly makeRun: MakeRun;
  readonly listener: RunListener;
}

/**
 * Makes the runs that were not made before, one after the other, and stores each as soon as it is
 * made.
 *
 * @returns The records of all runs, in their order.
 * @throws {@link PtlError} `ABORTED` when the signal says so; what was made is stored.
 */
export async function runAll(
  runs: readonly PlannedRun[],
  { context, store, fresh, makeRun, listener }: RunAllOptions,
): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const [index, run] of runs.entries()) {
    if (context.signal.aborted)
      throw new PtlError('ABORTED', 'The bench was stopped.', { step: 0 });
    const place = index + 1;
    const identity = identifyRun(run, context);
    const known = fresh ? null : await store.find(identity);
    const record = known ?? {
      version: 1,
      fingerprint: fingerprint(identity),
      identity,
      environment: environmentOf(context),
      ...(await makeRun(run, context, (progress) => listener.onProgress(run, place, progress))),
      finishedAt: new Date().toISOString(),
    };
    if (known === null) await store.save(record);
    listener.onRecord(run, place, record, known === null);
    records.push(record);
  }
  return records;
}

function environmentOf({ engine }: BenchContext): RunRecord['environment'] {
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    threads: engine.threads,
    device: engine.device,
  };
}
