import { describe, expect, it } from 'vitest';
import { makeTrialRecord } from '../testing/trial-record.ts';
import type { Candidate } from './plan-search.ts';
import { betterFirst, experimentAt, toEntry } from './rung-entry.ts';

const rung = { settings: 4, share: 1 / 4 };
const training = {
  epochs: 80,
  batchSize: 16,
  learningRate: 0.01,
  weightDecay: 0,
  schedule: 'linear',
  warmupShare: 0,
  evaluateEveryEpochs: 1,
} as const;

function candidate(fields: Partial<Candidate['experiment']['training']> = {}): Candidate {
  return {
    setting: { method: {}, training: fields },
    experiment: { method: {}, training: { ...training, ...fields } },
  };
}

function entry(scores: readonly (number | null)[], losses: readonly number[], epochs = 80) {
  const records = scores.map((score, index) =>
    makeTrialRecord({ score, loss: score === null ? null : (losses[index] ?? 0) }),
  );
  return toEntry(candidate({ epochs }), rung, records);
}

describe('of two settings', () => {
  it('the better one has the higher mean score', () => {
    expect(betterFirst(entry([0.8, 0.6], [1, 1]), entry([0.75, 0.75], [2, 2]))).toBeGreaterThan(0);
  });

  it('with equal scores the better one has the smaller loss', () => {
    const [low, high] = [entry([0.5, 1], [0.2, 0.4]), entry([1, 0.5], [0.4, 0.3])];
    expect(betterFirst(low, high)).toBeLessThan(0);
    expect(betterFirst(high, low)).toBeGreaterThan(0);
  });

  it('with equal scores and losses the better one is the shorter one', () => {
    expect(betterFirst(entry([1], [0.1], 40), entry([1], [0.1], 80))).toBeLessThan(0);
  });

  it('one that diverged counts 0 for that seed, and loses every tie', () => {
    const diverged = entry([null, 1], [0, 0.1]);
    expect(diverged).toMatchObject({ score: 0.5, loss: Number.POSITIVE_INFINITY });
    expect(betterFirst(entry([0.5, 0.5], [9, 9]), diverged)).toBeLessThan(0);
    expect(betterFirst(diverged, diverged)).toBe(0);
  });
});

describe('an experiment at the length of a rung', () => {
  it('is evaluated ten times, whatever its length', () => {
    const { training: at } = experimentAt(candidate(), rung);
    expect(at).toEqual({ ...training, epochs: 20, evaluateEveryEpochs: 2 });
    const full = experimentAt(candidate(), { settings: 1, share: 1 });
    expect(full.training).toEqual({ ...training, epochs: 80, evaluateEveryEpochs: 8 });
  });

  it('is evaluated as often as a grid asks for', () => {
    const { training: at } = experimentAt(candidate({ evaluateEveryEpochs: 5 }), rung);
    expect(at).toMatchObject({ epochs: 20, evaluateEveryEpochs: 5 });
  });
});
