import { PtlError } from '@ptl/core';
import { fingerprint } from '../records/fingerprint.ts';
import type { BenchContext, RunProgress } from '../runner/bench-context.ts';
import { identifyRun } from '../runner/identify-run.ts';
import type { TrainingRun } from '../runner/train-run.ts';
import type { Rung } from './halving.ts';
import type { Candidate, PlannedSearch } from './plan-search.ts';
import { betterFirst, experimentAt, type RungEntry, toEntry } from './rung-entry.ts';
import { splitOf } from './split-of.ts';
import type { TrialOutcome, TrialRecord } from './trial-record.ts';
import type { TrialStore } from './trial-store.ts';

/** A rung with its settings, the best first. */
export interface RungResult extends Rung {
  readonly entries: readonly RungEntry[];
}

export interface SearchResult extends PlannedSearch {
  readonly metric: string;
  readonly results: readonly RungResult[];
  /** The best of the last rung. */
  readonly chosen: RungEntry;
  /** Epochs of all trainings, those of earlier calls included. */
  readonly spent: number;
}

/** Which training is at hand; `rung` and `place` count from 1. */
export interface Trial {
  readonly search: PlannedSearch;
  readonly rung: number;
  readonly place: number;
  /** Trainings of the rung. */
  readonly of: number;
  readonly candidate: Candidate;
  readonly run: TrainingRun;
}

/** Hears how a search goes. */
export interface SearchListener {
  onProgress(trial: Trial, progress: RunProgress): void;
  /** @param isNew - False for a training of an earlier call. */
  onTrial(trial: Trial, record: TrialRecord, isNew: boolean): void;
}

export interface SearchOptions {
  readonly context: BenchContext;
  readonly store: TrialStore;
  /** Makes every training, whether or not it was made before. */
  readonly fresh: boolean;
  makeTrial(
    run: TrainingRun,
    context: BenchContext,
    onProgress: (progress: RunProgress) => void,
  ): Promise<TrialOutcome>;
  readonly listener: SearchListener;
}

/**
 * Trains the settings at a part of their length, the better ones again and longer, and so on: each
 * time from the start, because the schedule of the learning rate spans the length.
 *
 * @throws {@link PtlError} `ABORTED` when the signal says so; the trainings that were made are stored.
 */
export async function runSearch(
  search: PlannedSearch,
  options: SearchOptions,
): Promise<SearchResult> {
  const results: RungResult[] = [];
  let candidates = search.candidates;
  let metric = '';
  for (const [index, rung] of search.halving.rungs.entries()) {
    const records = await trialsOf(
      { search, rung: index + 1, candidates: candidates.slice(0, rung.settings) },
      options,
    );
    const entries = [...records].map(([candidate, made]) => toEntry(candidate, rung, made));
    candidates = entries.sort(betterFirst);
    results.push({ ...rung, entries });
    metric = [...records.values()].flat()[0]?.primaryMetric ?? metric;
  }
  const chosen = results.at(-1)?.entries[0];
  if (!chosen) throw new TypeError('A search has at least one rung and one setting.');
  return { ...search, metric, results, chosen, spent: epochsOf(results) };
}

interface RungWork {
  readonly search: PlannedSearch;
  readonly rung: number;
  readonly candidates: readonly Candidate[];
}

/** The trainings of each candidate, one for each seed. */
async function trialsOf(
  { search, rung, candidates }: RungWork,
  options: SearchOptions,
): Promise<Map<Candidate, TrialRecord[]>> {
  const runs = candidates.flatMap((candidate) => runsOf(candidate, search, rung));
  const records = new Map<Candidate, TrialRecord[]>(candidates.map((candidate) => [candidate, []]));
  for (const [index, { candidate, run }] of runs.entries()) {
    const trial = { search, rung, place: index + 1, of: runs.length, candidate, run };
    records.get(candidate)?.push(await findOrMake(trial, options));
  }
  return records;
}

function runsOf(candidate: Candidate, search: PlannedSearch, rung: number) {
  const { dataSet, method, seeds, halving } = search;
  const place = halving.rungs[rung - 1];
  if (!place) throw new RangeError(`There is no rung ${rung}.`);
  const experiment = experimentAt(candidate, place);
  return seeds.map((seed) => ({
    candidate,
    run: { dataSet: splitOf(dataSet, seed), method, seed, experiment },
  }));
}

async function findOrMake(trial: Trial, options: SearchOptions): Promise<TrialRecord> {
  const { context, store, fresh, makeTrial, listener } = options;
  if (context.signal.aborted) {
    throw new PtlError('ABORTED', 'The search was stopped.', { step: 0 });
  }
  const identity = identifyRun(trial.run, context);
  const known = fresh ? null : await store.find(identity);
  const record = known ?? {
    version: 1,
    fingerprint: fingerprint(identity),
    identity,
    ...(await makeTrial(trial.run, context, (progress) => listener.onProgress(trial, progress))),
    finishedAt: new Date().toISOString(),
  };
  if (known === null) await store.save(record);
  listener.onTrial(trial, record, known === null);
  return record;
}

function epochsOf(results: readonly RungResult[]): number {
  return results
    .flatMap(({ entries }) => entries)
    .reduce((sum, { epochs, scores }) => sum + epochs * scores.length, 0);
}
