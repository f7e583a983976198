import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTinyBackbone } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { formatRatio, formatTimes } from './format-times.ts';
import { layeredBackbone } from './layered-backbone.ts';
import { fitPower } from './power-law.ts';
import { drawScaling } from './scaling-chart.ts';
import { speedPage } from './speed-page.ts';
import { addRecords, readRecords } from './speed-record.ts';
import { tableText } from './speed-table.ts';
import { sizesOf } from './work.ts';

const picture = { file: 'a.svg' };
const table = {
  title: 'Steps',
  about: 'Medians.',
  columns: ['work', 'PTL'],
  rows: [
    ['prefix', '254 ms'],
    ['p-tuning-v2', '9 ms'],
  ],
};

it('shows the median and the middle half of times, and their ratio', () => {
  expect(formatTimes([100, 140, 110, 120, 130])).toBe('120 ms (110-130)');
  expect(formatTimes([1, 2])).toBe('2 ms (1-2)');
  expect(formatRatio([100, 300, 200], [400])).toBe('0.50');
  expect(formatRatio([100], undefined)).toBe('');
});

it('finds the exponent of a power', () => {
  const points = [1, 2, 5, 40].map((x) => [x, 3 * x ** 1.7] as const);
  expect(fitPower(points)).toBeCloseTo(1.7, 10);
  expect(fitPower([[2, 3]])).toBeNaN();
});

it('writes a table as text and as a page', () => {
  expect(tableText(table)).toBe(
    'Steps\nMedians.\n\nwork            PTL\nprefix       254 ms\np-tuning-v2    9 ms\n\n',
  );
  const record = { part: 'steps', made: 'PTL 1, PEFT 2.', table: { ...table, picture } };
  const page = speedPage([record]);
  expect(page).toContain('PTL 1, PEFT 2.');
  expect(page).toContain('| prefix | 254 ms |\n| p-tuning-v2 | 9 ms |\n\n![Steps](a.svg)\n');
  expect(page).not.toContain('Sitting');
  expect(speedPage([record, { ...record, made: 'PTL 2.' }])).toContain('Sitting 2.');
});

it('keeps what was measured before, but for the parts that are measured anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ptl-speed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'performance.json');
  const record = (part: string, made: string) => ({ part, made, table });
  const order = ['steps', 'epoch', 'wasm'];
  await addRecords(path, [record('steps', 'a'), record('wasm', 'a')], order);
  await addRecords(path, [record('wasm', 'b'), record('epoch', 'b')], order);
  const records = await readRecords(path);
  expect(records.map(({ part, made }) => `${part} ${made}`)).toEqual([
    'steps a',
    'epoch b',
    'wasm b',
  ]);
});

it('draws a curve for each axis', async () => {
  const points = ['rows', 'tokens'].flatMap((axis) =>
    [1, 2, 4].map((value) => ({ axis, value, milliseconds: value * 10 })),
  );
  const svg = await drawScaling(points);
  expect(svg).toMatch(/^<svg/);
  expect(svg).toContain('rows');
  expect(svg).toContain('milliseconds a step');
});

it('makes a backbone of another depth from the same layers', async () => {
  await tf.setBackend('cpu');
  using backbone = createTinyBackbone();
  using deeper = layeredBackbone(backbone, sizesOf(backbone, 1), 5);
  expect(deeper.geometry).toMatchObject({ numLayers: 5, hiddenSize: 8 });
  const name = (layer: number) => `encoder.layer.${layer}.output.dense.weight`;
  expect(deeper.weight(name(3)).dataSync()).toEqual(backbone.weight(name(1)).dataSync());
});

it('names the parts there are where one is asked for that is none', async () => {
  const problems: string[] = [];
  const terminal = {
    isLive: false,
    columns: 80,
    write: () => undefined,
    error: (text: string) => void problems.push(text),
  };
  expect(await runCli(['speed', '--only', 'steps,speling'], terminal)).toBe(2);
  expect(problems.join('')).toMatch(/no part "speling".*Known: steps, epoch, .*wasm/);
});
