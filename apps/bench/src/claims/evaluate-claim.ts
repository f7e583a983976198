import type { RunRecord } from '../records/run-record.ts';
import { mean, standardDeviation } from '../report/statistics.ts';
import { testScore } from '../report/summary.ts';
import type { PlannedRun } from '../runner/plan.ts';
import type { Side } from './claim.ts';
import type { ComparedResult } from './claim-result.ts';
import type { PlannedClaim, SeedRuns } from './plan-claim.ts';
import { judge } from './statistics/judge.ts';

type ResultSide = ComparedResult['left'];

/**
 * Judges a claim by the records of its runs.
 *
 * @param recordOf - The record of a run that was made.
 */
export function evaluateClaim(
  { claim, left, right }: PlannedClaim,
  recordOf: (run: PlannedRun) => RunRecord,
): ComparedResult {
  const { id, statement, source, relation } = claim;
  const ours = valuesOf(claim.left, left, recordOf);
  const theirs = valuesOf(claim.right, right, recordOf);
  const differences = ours.map((value, place) => value - (theirs[place] ?? Number.NaN));
  const [first] = left.flatMap(({ runs }) => runs.map(recordOf));
  return {
    kind: 'compared',
    id,
    statement,
    source,
    metric: first?.primaryMetric ?? '',
    seeds: left.map(({ seed }) => seed),
    relation,
    left: summarizeSide(claim.left, ours, settingsOf(left, recordOf)),
    right: summarizeSide(claim.right, theirs, settingsOf(right, recordOf)),
    difference: { mean: mean(differences), spread: standardDeviation(differences) },
    ...judge(differences, relation),
  };
}

function valuesOf(
  { settings, combine = 'mean' }: Side,
  seeds: readonly SeedRuns[],
  recordOf: (run: PlannedRun) => RunRecord,
): number[] {
  return seeds.map(({ runs }) => {
    const scores = runs.map((run, place) => scoreOf(recordOf(run), settings[place]?.score));
    return combine === 'mean' ? mean(scores) : (standardDeviation(scores) ?? Number.NaN);
  });
}

function scoreOf(record: RunRecord, score?: string): number {
  return score === undefined ? testScore(record) : (record.test.scores[score] ?? Number.NaN);
}

function summarizeSide(
  { label }: Side,
  values: readonly number[],
  settings: ResultSide['settings'],
): ResultSide {
  const spread = standardDeviation(values);
  return { label, settings, values: [...values], mean: mean(values), spread };
}

/** As of the first seed; the others differ in the rows that they draw. */
function settingsOf(
  [first]: readonly SeedRuns[],
  recordOf: (run: PlannedRun) => RunRecord,
): ResultSide['settings'] {
  return (first?.runs ?? []).map(recordOf).map(({ identity, parameters, last }) => ({
    task: identity.task,
    method: identity.method,
    config: identity.config.method,
    training: identity.config.training,
    ...(identity.procedure && { procedure: identity.procedure }),
    trainable: parameters.trainable,
    steps: last?.step ?? null,
  }));
}
