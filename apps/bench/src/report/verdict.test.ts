import { expect, it } from 'vitest';
import { makeRecord } from '../testing/run-record.ts';
import { summarize } from './summary.ts';
import { verdicts } from './verdict.ts';

const slots = { task: 'slots', kind: 'token-classification' } as const;

it('holds only if the mean is above that of every rival', () => {
  const records = [
    makeRecord({ ...slots, method: 'majority', score: 0 }),
    makeRecord({ ...slots, method: 'head-only', score: 0.5 }),
    makeRecord({ ...slots, method: 'prompt-tuning', seed: 0, score: 0.9 }),
    makeRecord({ ...slots, method: 'prompt-tuning', seed: 1, score: 0.6 }),
    makeRecord({ ...slots, method: 'p-tuning-v2', seed: 0, score: 0.8 }),
    makeRecord({ ...slots, method: 'p-tuning-v2', seed: 1, score: 0.72 }),
  ];
  expect(verdicts(summarize(records))).toEqual([
    {
      holds: true,
      statement: 'P-tuning v2 beats prompt tuning, head only and majority on slots',
      evidence: '76.0 against 75.0, 50.0, 0.0',
    },
  ]);
});

it('fails on a tie', () => {
  const records = [
    makeRecord({ method: 'head-only', score: 0.9 }),
    makeRecord({ method: 'p-tuning-v2', score: 0.9 }),
  ];
  expect(verdicts(summarize(records))).toEqual([
    {
      holds: false,
      statement: 'P-tuning v2 beats head only on intents',
      evidence: '90.0 against 90.0',
    },
  ]);
});

it('says nothing about a task on which P-tuning v2 was not run', () => {
  expect(verdicts(summarize([makeRecord({ method: 'head-only', score: 0.9 })]))).toEqual([]);
});
