import type { Scores } from '../task.ts';

/**
 * The mean of each score over several evaluations that count alike however many rows they had, such as
 * those of LAMA's relations.
 *
 * @throws RangeError without evaluations, or if they do not have the same scores.
 */
export function macroAverage(evaluations: readonly Scores[]): Scores {
  const [first] = evaluations;
  if (!first) throw new RangeError('There must be at least one evaluation.');
  const names = Object.keys(first);
  const means = names.map((name): [string, number] => {
    const values = evaluations.map((scores) => scores[name] ?? Number.NaN);
    return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
  });
  const isUniform = evaluations.every(
    (scores) =>
      Object.keys(scores).length === names.length && names.every((name) => name in scores),
  );
  if (isUniform) return Object.fromEntries(means);
  throw new RangeError(`The evaluations must all have the scores ${names.join(', ')}.`);
}
