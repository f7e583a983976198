import { deriveSeed, invalidFile } from '@ptl/core';
import { carve } from './carve.ts';
import type { DataParts } from './data-set.ts';
import type { Located } from './parsed-file.ts';
import { requireKnownLabels } from './require-known-labels.ts';
import type { RowShape } from './row-shape.ts';

/** Where no development part is given, this share of train becomes one, but no more rows than that. */
const developmentShare = 0.2;
const maxDevelopmentRows = 1000;

interface PartRows<Row> {
  readonly file: string;
  readonly rows: readonly Located<Row>[];
}

/** What {@link assembleParts} starts from: parts as they came, all of one kind. */
export interface LoadedParts<Row> {
  readonly name: string;
  readonly shape: RowShape<Row>;
  readonly train: PartRows<Row>;
  readonly development: PartRows<Row> | undefined;
  readonly test: PartRows<Row>;
}

export interface AssembledParts<Row> extends DataParts<Row> {
  readonly labels: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Checks the parts against each other, and carves a development part out of train where there is
 * none. The same rows are carved every time.
 *
 * @throws {@link PtlError} `LABEL_UNKNOWN` if a part has a label that train lacks; `FILE_INVALID` if
 * train has too few rows to carve from.
 */
export function assembleParts<Row>(parts: LoadedParts<Row>): AssembledParts<Row> {
  const { name, shape, train, development, test } = parts;
  const seen = new Set(train.rows.flatMap(({ row }) => shape.labelsOf(row)));
  const labels = shape.completeLabels(seen);
  for (const part of [development, test]) {
    if (part) requireKnownLabels(part.rows, shape, labels, part.file);
  }
  const facts = { labels, test: test.rows.map(({ row }) => row) };
  const rows = train.rows.map(({ row }) => row);
  if (development) {
    const given = development.rows.map(({ row }) => row);
    return { ...facts, train: rows, development: given, notes: [] };
  }
  const count = Math.min(Math.ceil(rows.length * developmentShare), maxDevelopmentRows);
  const { kept, carved } = carve(rows, { shape, count, seed: deriveSeed(1, name) });
  if (carved.length === 0) {
    const reason = 'The file has too few rows of a label to carve a development part out of it';
    throw invalidFile(train.file, reason);
  }
  const note = `${carved.length} of ${rows.length} rows of train carved out for development`;
  return { ...facts, train: kept, development: carved, notes: [note] };
}
