import type { LabelledRow } from './labels-of.ts';

/**
 * Weights for `labelWeights` by which each label counts the same over all rows: `rows / (labels *
 * rows with the label)`, of words instead of rows for tags.
 *
 * @see King and Zeng (2001), Logistic regression in rare events data; scikit-learn's `balanced`
 */
export function balancedLabelWeights<Label extends string>(
  rows: readonly LabelledRow<Label>[],
): Record<Label, number> {
  const counts = new Map<Label, number>();
  const all = rows.flatMap((row) => ('tags' in row ? row.tags : [row.label]));
  for (const label of all) counts.set(label, (counts.get(label) ?? 0) + 1);
  const weights = [...counts].map(([label, count]) => [label, all.length / (counts.size * count)]);
  return Object.fromEntries(weights); // One for each label of the rows.
}
