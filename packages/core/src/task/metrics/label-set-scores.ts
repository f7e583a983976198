import { requireSameLength } from './class-counts.ts';

/**
 * F1 over sets of labels, in [0, 1]: `microF1` over all pairs of row and label, `macroF1` the mean of
 * the labels', 0 for one that is neither predicted nor right anywhere, and `accuracy`, the share of
 * rows whose sets are equal. As scikit-learn computes them of indicators.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if the lengths differ.
 */
export function labelSetScores(
  predicted: readonly (readonly string[])[],
  gold: readonly (readonly string[])[],
  labels: readonly string[],
): { readonly microF1: number; readonly macroF1: number; readonly accuracy: number } {
  requireSameLength(predicted, gold, 'rows');
  const pairs = gold.map((set, row) => [new Set(predicted[row]), new Set(set)] as const);
  const counts = labels.map((label) => {
    const count = (holds: (pair: readonly [Set<string>, Set<string>]) => boolean): number =>
      pairs.filter(holds).length;
    const both = count(([own, right]) => own.has(label) && right.has(label));
    return { both, all: count(([own]) => own.has(label)) + count(([, right]) => right.has(label)) };
  });
  const [both, all] = [
    sum(counts.map((count) => count.both)),
    sum(counts.map((count) => count.all)),
  ];
  const equal = pairs.filter(
    ([own, right]) => own.size === right.size && [...own].every((label) => right.has(label)),
  );
  return {
    microF1: f1(both, all),
    macroF1: sum(counts.map((count) => f1(count.both, count.all))) / labels.length,
    accuracy: pairs.length === 0 ? 0 : equal.length / pairs.length,
  };
}

function f1(both: number, all: number): number {
  return all === 0 ? 0 : (2 * both) / all;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
