import { loadExperiment } from '../experiments/load-experiment.ts';
import type { PlannedRun } from '../runner/plan.ts';
import type { ComparedClaim, Setting, Side } from './claim.ts';
import type { ClaimSize } from './data/claim-data.ts';

/** The runs of one side for one seed, one for each of its settings. */
export interface SeedRuns {
  readonly seed: number;
  readonly runs: readonly PlannedRun[];
}

/** A claim and all the runs it is judged by. */
export interface PlannedClaim {
  readonly claim: ComparedClaim;
  readonly left: readonly SeedRuns[];
  readonly right: readonly SeedRuns[];
}

/**
 * Plans the runs of both sides with the same seeds, and so the same rows to train on, in the same
 * order.
 */
export async function planClaim(
  claim: ComparedClaim,
  size: ClaimSize,
  seeds: readonly number[],
): Promise<PlannedClaim> {
  return {
    claim,
    left: await planSide(claim.left, size, seeds),
    right: await planSide(claim.right, size, seeds),
  };
}

/** All runs of a claim, by seed, so that a claim that is cut short has whole pairs. */
export function runsOf({ left, right }: PlannedClaim): PlannedRun[] {
  return left.flatMap(({ runs }, place) => [...runs, ...(right[place]?.runs ?? [])]);
}

async function planSide(
  { settings }: Side,
  size: ClaimSize,
  seeds: readonly number[],
): Promise<SeedRuns[]> {
  return await Promise.all(
    seeds.map(async (seed) => ({
      seed,
      runs: await Promise.all(settings.map((setting) => planSetting(setting, size, seed))),
    })),
  );
}

async function planSetting(setting: Setting, size: ClaimSize, seed: number): Promise<PlannedRun> {
  const { data, method, departures } = setting;
  const { method: config = {}, training = {} } = departures ?? {};
  const folder = data.experimentsFor(size);
  const run = {
    dataSet: await data.load(size, seed),
    method,
    seed,
    experiment: await loadExperiment(folder, method, { overrides: { method: config, training } }),
  };
  const procedure = await setting.procedure?.(run, size);
  return procedure ? { ...run, procedure } : run;
}
