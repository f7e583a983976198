import { expect, it } from 'vitest';
import type { ClaimResult } from '../claim-result.ts';
import { claimsMarkdown } from './claims-markdown.ts';
import { claimsPage } from './claims-page.ts';
import { claimsText } from './claims-text.ts';

const compared: ClaimResult = {
  kind: 'compared',
  id: 'made-up',
  statement: 'Long prompts beat <short> ones | sometimes',
  source: 'A paper 3.1',
  verdict: 'holds',
  metric: 'accuracy',
  seeds: [0, 1],
  relation: { kind: 'beats', by: 0.01 },
  left: { label: 'long', settings: [], values: [0.9, 0.8], mean: 0.85, spread: 0.0707 },
  right: { label: 'short', settings: [], values: [0.7, 0.7], mean: 0.7, spread: 0 },
  difference: { mean: 0.15, spread: 0.0707 },
  pValue: 0.03125,
};
const results: readonly ClaimResult[] = [
  compared,
  { ...compared, id: 'other', verdict: 'does not hold', difference: { mean: -0.02, spread: null } },
  {
    kind: 'exact',
    id: 'sum',
    statement: 'Sums agree',
    source: 'C1',
    verdict: 'holds',
    evidence: '0 of 12 weights changed',
  },
  {
    kind: 'skipped',
    id: 'words',
    statement: 'Words help',
    source: 'B 2',
    verdict: 'skipped',
    reason: 'smollm2-135m cannot be had',
  },
];
const made = 'TensorFlow 2, 2 threads.';

it('shows verdict, both sides, difference and p-value in a terminal, within 100 columns', () => {
  const text = claimsText(results);
  const [first = '', second = ''] = text.split('\n');
  expect(first).toBe('holds           Long prompts beat <short> ones | sometimes');
  expect(second.trim()).toBe('long 85.0 ± 7.1 against short 70.0 ± 0.0; +15.0 ± 7.1, p = 0.031');
  expect(text).toContain('-2.0, p = 0.031');
  expect(text).toContain('0 of 12 weights changed');
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
});

it('breaks a long line between words', () => {
  const statement = 'word '.repeat(40).trim();
  const lines = claimsText([{ ...compared, statement }]).split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
  expect(lines.join(' ').match(/word/g)).toHaveLength(40);
});

it('writes a row of a Markdown table for each claim, whatever is in it', () => {
  const page = claimsMarkdown(results, 'npm run bench -- claims', made);
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  expect(rows).toHaveLength(2 + results.length);
  for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
  expect(page).toContain('Of 4 claims 2 hold, 1 do not hold, 1 were skipped.');
  expect(page).toContain('+15.0 ± 7.1 (better by 1.0?)');
});

it('makes a page that shows all claims and asks for nothing outside of itself', async () => {
  const page = await claimsPage(results, made);
  const rest = page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '');
  expect(rest).not.toMatch(/https?:|<script|<link|<img|@import|url\(/);
  expect(page).toContain('Long prompts beat &lt;short&gt; ones');
  expect(page).toContain('<svg');
  expect(page).toContain('smollm2-135m cannot be had');
});

it('draws nothing where nothing was compared', async () => {
  expect(await claimsPage(results.slice(2), made)).not.toContain('<svg');
});
