import { resolve } from 'node:path';
import type { Backbone } from '@ptl/core';
import { makeRuns } from '../cli/make-runs.ts';
import type { Terminal } from '../cli/terminal.ts';
import { fingerprint } from '../records/fingerprint.ts';
import { RecordStore } from '../records/record-store.ts';
import type { RunRecord } from '../records/run-record.ts';
import type { BenchContext } from '../runner/bench-context.ts';
import { identifyRun } from '../runner/identify-run.ts';
import type { PlannedRun } from '../runner/plan.ts';
import type { RunShare } from '../runner/run-share.ts';
import type { Claim, ExactClaim } from './claim.ts';
import type { ClaimResult } from './claim-result.ts';
import type { ClaimSize } from './data/claim-data.ts';
import { evaluateClaim } from './evaluate-claim.ts';
import { planClaim, runsOf } from './plan-claim.ts';

export interface TryOptions {
  readonly size: ClaimSize;
  readonly seeds: readonly number[];
  readonly context: BenchContext;
  readonly out: string;
  readonly fresh: boolean;
  readonly terminal: Terminal;
  /** Where other processes make these runs too: each makes some, and none judges. */
  readonly share?: RunShare;
  /** Whether runs that are stored are told of; true if absent. */
  readonly tellStored?: boolean;
}

/**
 * Makes the runs of all claims that are not stored, each once even if several claims need it, and
 * judges each claim. Where the runs are shared, nothing is judged and no result returned.
 *
 * @throws {@link PtlError} `ABORTED` after Ctrl-C; what was made is stored.
 */
export async function tryClaims(
  claims: readonly Claim[],
  options: TryOptions,
): Promise<ClaimResult[]> {
  const { size, seeds, context, out } = options;
  const compared = claims.filter((claim) => claim.kind === 'compared');
  const planned = await Promise.all(compared.map((claim) => planClaim(claim, size, seeds)));
  const keyOf = (run: PlannedRun): string => fingerprint(identifyRun(run, context));
  const runs = new Map(planned.flatMap(runsOf).map((run) => [keyOf(run), run]));
  const store = new RecordStore(resolve(out), 'by-fingerprint');
  const made = await makeRuns([...runs.values()], { ...options, store });
  if (options.share) return [];
  const records = new Map(made.map((record) => [record.fingerprint, record]));
  const plans = new Map(planned.map((plan) => [plan.claim.id, plan]));
  const results: ClaimResult[] = [];
  for (const claim of claims) {
    const plan = plans.get(claim.id);
    if (plan) results.push(evaluateClaim(plan, (run) => recordOf(records, keyOf(run))));
    else if (claim.kind === 'exact') results.push(await checkClaim(claim, context.backbone));
  }
  return results;
}

function recordOf(records: ReadonlyMap<string, RunRecord>, key: string): RunRecord {
  const record = records.get(key);
  if (record) return record;
  throw new TypeError('Every planned run has been made.');
}

async function checkClaim(
  { id, statement, source, check }: ExactClaim,
  backbone: Backbone,
): Promise<ClaimResult> {
  const { holds, evidence } = await check(backbone);
  const verdict = holds ? 'holds' : 'does not hold';
  return { kind: 'exact', id, statement, source, verdict, evidence };
}
