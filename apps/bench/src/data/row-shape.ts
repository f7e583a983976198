import type { TaggedRow, TextRow } from '@ptl/core';

/** What loading must know of a kind of row. */
export interface RowShape<Row> {
  /** The labels that occur in a row; may repeat. */
  labelsOf(row: Row): readonly string[];
  /** The label set that follows from the labels of train. */
  completeLabels(labels: ReadonlySet<string>): string[];
}

export const textShape: RowShape<TextRow> = {
  labelsOf: (row) => [row.label],
  completeLabels: (labels) => [...labels].sort(),
};

export const taggedShape: RowShape<TaggedRow> = {
  labelsOf: (row) => row.tags,
  completeLabels: completeTags,
};

const schemeTag = /^([BIESLU])-(.+)$/;

/**
 * Gives every type each prefix that the tags use, so that a long entity in test is no unknown
 * label only because the small train part has none of its type. IO tags stay IO tags.
 */
function completeTags(tags: ReadonlySet<string>): string[] {
  const complete = new Set(tags);
  const spelt = [...tags].flatMap((tag) => {
    const [, prefix, type] = schemeTag.exec(tag) ?? [];
    return prefix && type ? [{ prefix, type }] : [];
  });
  for (const { type } of spelt) {
    for (const { prefix } of spelt) complete.add(`${prefix}-${type}`);
  }
  const outside = complete.delete('O') ? ['O'] : [];
  return [...outside, ...[...complete].sort()];
}
