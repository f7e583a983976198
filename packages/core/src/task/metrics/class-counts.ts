import { PtlError } from '../../contract/errors.ts';

/** A class as a caller names it: its text, or its index. */
export type ClassLabel = string | number;

/**
 * Checks that predictions and gold labels come in pairs.
 *
 * @throws {@link PtlError} `SHAPE_MISMATCH` if their lengths differ.
 */
export function requireSameLength(
  predicted: readonly unknown[],
  gold: readonly unknown[],
  unit: string,
): void {
  if (predicted.length === gold.length) return;
  throw new PtlError(
    'SHAPE_MISMATCH',
    `There must be one prediction for each of the ${gold.length} gold ${unit}. Got ${predicted.length}.`,
    { tensor: 'predicted', expected: `[${gold.length}]`, actual: `[${predicted.length}]` },
  );
}

/** How often each class was predicted, is right, and is both. */
export interface ClassCounts {
  readonly predicted: number;
  readonly gold: number;
  readonly correct: number;
}

/** Counts per class, over every class that occurs on either side. */
export function countClasses(
  predicted: readonly ClassLabel[],
  gold: readonly ClassLabel[],
): ReadonlyMap<ClassLabel, ClassCounts> {
  requireSameLength(predicted, gold, 'labels');
  const counts = new Map<ClassLabel, { predicted: number; gold: number; correct: number }>();
  const countsOf = (label: ClassLabel) => {
    const known = counts.get(label) ?? { predicted: 0, gold: 0, correct: 0 };
    counts.set(label, known);
    return known;
  };
  for (const [index, right] of gold.entries()) {
    const guess = predicted[index] ?? right;
    countsOf(guess).predicted += 1;
    countsOf(right).gold += 1;
    if (guess === right) countsOf(right).correct += 1;
  }
  return counts;
}
