import type { Scores } from '../task/task.ts';
import type { EvaluationResult } from '../trainer/trainable.ts';

/** The score by which checkpoints of several tasks are compared. */
export const meanScore = 'mean';

export interface TaskResult extends EvaluationResult {
  readonly name: string;
  /** The task's own primary score. */
  readonly primary: string;
}

/** One result of those of several tasks. */
export function togetherOf(results: readonly TaskResult[]): EvaluationResult {
  const named = results.flatMap(({ name, scores }) =>
    Object.entries(scores).map(([score, value]) => [`${name}/${score}`, value] as const),
  );
  const primary = results.map(({ scores, primary: metric }) => scores[metric] ?? Number.NaN);
  return {
    loss: meanOf(results.map(({ loss }) => loss)),
    scores: { [meanScore]: meanOf(primary), ...Object.fromEntries(named) },
  };
}

/** The scores of one task as it gave them; null where it was not evaluated. */
export function scoresOf(task: string, scores: Scores | null): Scores | null {
  const start = `${task}/`;
  const own = Object.entries(scores ?? {})
    .filter(([name]) => name.startsWith(start))
    .map(([name, value]) => [name.slice(start.length), value] as const);
  return own.length > 0 ? Object.fromEntries(own) : null;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
