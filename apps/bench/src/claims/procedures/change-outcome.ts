import type { EvaluationResult } from '@ptl/core';
import type { RunOutcome } from '../../records/run-record.ts';

/** A test on two occasions, whose score is how far the second is from the first. */
export function changeOutcome(
  metric: string,
  looks: Readonly<Record<'first' | 'second', EvaluationResult>>,
): Pick<RunOutcome, 'test' | 'primaryMetric'> {
  const first = looks.first.scores[metric] ?? Number.NaN;
  const second = looks.second.scores[metric] ?? Number.NaN;
  const scores = { change: second - first, first, second };
  return { primaryMetric: 'change', test: { loss: looks.second.loss, scores } };
}
