import type { TrialRecord } from '../search/trial-record.ts';
import { makeRecord } from './run-record.ts';

/** Makes the record of a training of a search that never was. */
export function makeTrialRecord(facts: Pick<TrialRecord, 'score' | 'loss'>): TrialRecord {
  const { version, fingerprint, identity, finishedAt } = makeRecord({ method: 'prefix', score: 0 });
  return {
    version,
    fingerprint,
    identity,
    primaryMetric: 'accuracy',
    ...facts,
    bestEpoch: facts.score === null ? null : 2,
    milliseconds: 1234,
    finishedAt,
  };
}
