import { median } from '../report/statistics.ts';
import type { StepTimes } from './timed-steps.ts';

/** One side of the comparison. */
export interface StepSide {
  readonly name: string;
  readonly times: StepTimes;
}

/** Medians of each side, and how many times as long the first takes as each other. */
export function stepReport([own, ...others]: readonly [StepSide, ...StepSide[]]): string {
  const width = Math.max(...[own, ...others].map(({ name }) => name.length));
  const row = (name: string, train: string, infer: string) =>
    `${name.padEnd(width)}  ${train.padStart(14)}  ${infer.padStart(14)}\n`;
  const lines = [own, ...others].map(({ name, times }) =>
    row(name, milliseconds(times.train), milliseconds(times.infer)),
  );
  const ratios = others.map(({ name, times }) =>
    row(
      `${own.name} / ${name}`.padEnd(width),
      ratio(own.times.train, times.train),
      ratio(own.times.infer, times.infer),
    ),
  );
  return [row('', 'training step', 'inference'), ...lines, ...ratios].join('');
}

function milliseconds(times: readonly number[]): string {
  return `${median(times).toFixed(0)} ms`;
}

function ratio(own: readonly number[], other: readonly number[]): string {
  return (median(own) / median(other)).toFixed(2);
}
