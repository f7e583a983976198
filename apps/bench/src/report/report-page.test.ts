import { expect, it } from 'vitest';
import { makeRecord } from '../testing/run-record.ts';
import { reportPage } from './report-page.ts';
import { summarize } from './summary.ts';

const records = [
  makeRecord({ method: 'majority', score: 0.5 }),
  makeRecord({ method: 'head-only', score: 0.8, curve: [0.5, 0.6] }),
  makeRecord({ method: 'p-tuning-v2', seed: 0, score: 0.95, curve: [0.7, 0.9] }),
  makeRecord({ method: 'p-tuning-v2', seed: 1, score: 0.93, curve: [0.6, 0.9] }),
];

it('shows table, curves, verdict and settings', async () => {
  const page = await reportPage(summarize(records), 'Engine: none.');
  expect(page).toContain('<td>94.0 ± 1.4</td>');
  expect(page).toContain('<svg');
  expect(page).toContain('P-tuning v2 beats head only and majority on intents');
  expect(page).toContain('&quot;learningRate&quot;: 0.01');
});

it('asks for nothing outside of itself', async () => {
  const page = await reportPage(summarize(records), 'Engine: none.');
  // Names of XML namespaces are never fetched.
  const rest = page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '');
  expect(rest).not.toMatch(/https?:|<script|<link|<img|@import|url\(/);
});

it('escapes what comes from the data', async () => {
  const hostile = makeRecord({ task: '<script>alert(1)</script>', method: 'majority', score: 0 });
  const page = await reportPage(summarize([hostile]), '<engine>');
  expect(page).not.toContain('<script>');
  expect(page).toContain('Split by &lt;seed&gt;');
});

it('draws no chart where nothing was trained', async () => {
  const page = await reportPage(summarize(records.slice(0, 1)), 'Engine: none.');
  expect(page).not.toContain('<svg');
});
