import { PtlError } from '@ptl/core';
import { fingerprint } from '../records/fingerprint.ts';
import type { RecordStore } from '../records/record-store.ts';
import type { RunOutcome, RunRecord } from '../records/run-record.ts';
import type { BenchContext, RunProgress } from './bench-context.ts';
import { identifyRun } from './identify-run.ts';
import type { PlannedRun } from './plan.ts';
import type { RunShare } from './run-share.ts';

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
  /** Where other processes make these runs too: which of them are made here. */
  readonly share?: RunShare;
}

/**
 * Makes the runs that were not made before, one after the other, and stores each as soon as it is
 * made.
 *
 * @returns The records of all runs, in their order, but for those that another process makes.
 * @throws {@link PtlError} `ABORTED` when the signal says so; what was made is stored.
 */
export async function runAll(
  runs: readonly PlannedRun[],
  options: RunAllOptions,
): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const [index, run] of runs.entries()) {
    if (options.context.signal.aborted)
      throw new PtlError('ABORTED', 'The bench was stopped.', { step: 0 });
    const record = await findOrMake(run, index + 1, options);
    if (record) records.push(record);
  }
  return records;
}

/** Null for a run that another process makes. */
async function findOrMake(
  run: PlannedRun,
  place: number,
  { context, store, fresh, makeRun, listener, share }: RunAllOptions,
): Promise<RunRecord | null> {
  const identity = identifyRun(run, context);
  const key = fingerprint(identity);
  const known = fresh ? null : await store.find(identity);
  if (known === null && share && !(await share.take(key))) return null;
  const record = known ?? {
    version: 1,
    fingerprint: key,
    identity,
    environment: environmentOf(context),
    ...(await makeRun(run, context, (progress) => listener.onProgress(run, place, progress))),
    finishedAt: new Date().toISOString(),
  };
  if (known === null) await store.save(record);
  listener.onRecord(run, place, record, known === null);
  return record;
}

function environmentOf({ engine }: BenchContext): RunRecord['environment'] {
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    threads: engine.threads,
    device: engine.device,
  };
}
