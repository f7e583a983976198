import { median } from '../report/statistics.ts';
import { formatRatio } from './format-times.ts';
import type { StepTimes } from './timed-steps.ts';

/** One side of the comparison. */
export interface StepSide {
  readonly name: string;
  readonly times: StepTimes;
}

/** Medians of each side, and how many times as long the first takes as each other. */
export function stepReport([own, ...others]: readonly [StepSide, ...StepSide[]]): string {
  const rows = [
    ['', 'training step', 'inference'],
    ...[own, ...others].map(({ name, times }) => [
      name,
      milliseconds(times.train),
      milliseconds(times.infer),
    ]),
    ...others.map(({ name, times }) => [
      `${own.name} / ${name}`,
      formatRatio(own.times.train, times.train),
      formatRatio(own.times.infer, times.infer),
    ]),
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows
    .map(
      ([name = '', ...cells]) =>
        name.padEnd(width) + cells.map((cell) => cell.padStart(16)).join(''),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function milliseconds(times: readonly number[]): string {
  return `${median(times).toFixed(0)} ms`;
}
