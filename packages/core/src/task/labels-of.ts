import { requireRow, requireString, requireStrings } from './row-fields.ts';

/** A row with a class, or with a tag for each word. */
export type LabelledRow<Label extends string = string> =
  | { readonly label: Label }
  | { readonly tags: readonly Label[] };

/**
 * Collects the labels of rows, each once, sorted by code unit, so that the same rows in any order
 * give the same labels.
 *
 * @throws {@link PtlError} `ROW_INVALID` if a row has neither a label nor tags.
 */
export function labelsOf<Label extends string>(rows: readonly LabelledRow<Label>[]): Label[] {
  const labels = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const place = { index, task: undefined };
    const raw = requireRow(row, place);
    const found =
      raw.tags === undefined
        ? [requireString(raw, 'label', place)]
        : requireStrings(raw, 'tags', place);
    for (const label of found) labels.add(label);
  }
  return [...labels].sort() as Label[]; // All of them come from the rows.
}
