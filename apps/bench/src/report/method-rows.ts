import { displayName } from './display-name.ts';
import { formatCount, formatDuration, formatSpread } from './format-number.ts';
import type { MethodSummary, TaskSummary } from './summary.ts';

export const methodColumns = [
  'method',
  'test',
  'trainable',
  'stored',
  'ms a step',
  'total',
] as const;

/** The cells of one method, one for each of {@link methodColumns}. */
export function methodCells(summary: MethodSummary): string[] {
  const { method, mean, spread, trainable, stored, millisecondsPerStep } = summary;
  return [
    displayName(method),
    formatSpread(mean, spread),
    formatCount(trainable),
    formatCount(stored),
    millisecondsPerStep === null ? '–' : millisecondsPerStep.toFixed(1),
    formatDuration(summary.totalMilliseconds),
  ];
}

/** What the column `test` holds: `accuracy in points, mean ± standard deviation over 2 seeds`. */
export function describeScores({ metric, methods }: TaskSummary): string {
  const seeds = Math.max(...methods.map(({ runs }) => runs.length));
  const over = seeds === 1 ? 'one seed' : `mean ± standard deviation over ${seeds} seeds`;
  return `${metric} in points, ${over}`;
}

/** How large the parts of the data set are. */
export function describeRows({ data }: TaskSummary): string {
  const { train, development, test } = data.rows;
  return `${formatCount(train)} rows to train, ${formatCount(development)} to develop, ${formatCount(test)} to test`;
}
