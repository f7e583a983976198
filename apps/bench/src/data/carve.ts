import type { RowShape } from './row-shape.ts';
import { shuffle } from './shuffle.ts';

export interface CarveOptions<Row> {
  readonly shape: RowShape<Row>;
  /** Rows to take; at most half of them are. */
  readonly count: number;
  readonly seed: number;
}

/** Rows split in two, each half in the order they came in. */
export interface Carved<Row> {
  readonly kept: readonly Row[];
  readonly carved: readonly Row[];
}

/**
 * Takes rows out of a part so that both halves have the same share of each label, or of each
 * combination of labels in a row.
 *
 * Rows are shuffled, ordered by their labels, and taken at a constant stride. A row that holds the
 * last occurrence of a label stays, so that fewer than `count` may be taken.
 */
export function carve<Row>(rows: readonly Row[], options: CarveOptions<Row>): Carved<Row> {
  const { shape, seed } = options;
  const labelled = rows.map((row, index) => ({ index, labels: new Set(shape.labelsOf(row)) }));
  const ordered = shuffle(labelled, seed)
    .map((entry) => ({ ...entry, stratum: [...entry.labels].sort().join(' ') }))
    .sort((left, right) => compare(left.stratum, right.stratum));
  const left = countLabels(ordered.map(({ labels }) => labels));
  const count = Math.min(options.count, Math.floor(rows.length / 2));
  const taken = new Set<number>();
  for (let pick = 0; pick < count; pick++) {
    const entry = ordered[Math.floor(((pick + 0.5) * ordered.length) / count)];
    if (entry && takeLabels(left, entry.labels)) taken.add(entry.index);
  }
  return {
    kept: rows.filter((_, index) => !taken.has(index)),
    carved: rows.filter((_, index) => taken.has(index)),
  };
}

/** By code units, which no locale changes. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** How many rows hold each label. */
function countLabels(rows: readonly ReadonlySet<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of rows.flatMap((labels) => [...labels])) {
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

/** Takes a row's labels out of the counts, unless one of them would be gone. */
function takeLabels(counts: Map<string, number>, labels: ReadonlySet<string>): boolean {
  if ([...labels].some((label) => (counts.get(label) ?? 0) <= 1)) return false;
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) - 1);
  return true;
}
