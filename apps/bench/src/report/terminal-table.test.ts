import { expect, it } from 'vitest';
import { makeRecord } from '../testing/run-record.ts';
import { summarize } from './summary.ts';
import { terminalTable, terminalVerdict } from './terminal-table.ts';

const records = [
  makeRecord({ method: 'majority', score: 0.5 }),
  makeRecord({ method: 'p-tuning-v2', seed: 0, score: 0.95, curve: [0.7, 0.9] }),
  makeRecord({ method: 'p-tuning-v2', seed: 1, score: 0.93, curve: [0.6, 0.9] }),
];

it('aligns the methods of a task below each other', () => {
  expect(terminalTable(summarize(records))).toBe(
    [
      'intents: 80 rows to train, 20 to develop, 106 to test',
      'test: accuracy in points, mean ± standard deviation over 2 seeds',
      '',
      'method              test   trainable    stored   ms a step   total',
      '──────────────────────────────────────────────────────────────────',
      'majority            50.0     147,456   148,226           –   4.3 s',
      'P-tuning v2   94.0 ± 1.4     147,456   148,226        12.3   8.6 s',
      '',
    ].join('\n'),
  );
});

it('fits 100 columns with the longest names and numbers there are', () => {
  const widest = makeRecord({ method: 'full-fine-tuning', score: 1, curve: [1] });
  const large = { ...widest, parameters: { trainable: 1e9, stored: 1e9 }, totalMilliseconds: 6e6 };
  const lines = terminalTable(summarize([large, { ...large }])).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('prints whether each statement holds', () => {
  const verdict = { holds: false, statement: 'A beats B on intents', evidence: '1.0 against 2.0' };
  expect(terminalVerdict([verdict])).toContain('  false  A beats B on intents (1.0 against 2.0)\n');
  expect(terminalVerdict([])).toBe('');
});
