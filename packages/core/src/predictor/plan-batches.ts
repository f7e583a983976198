import type { PositionOffset, Semantics } from '../backbone/backbone.ts';
import type { BackboneArchitecture } from '../contract/frozen-backbone.ts';
import { exampleLength, sequencesOf } from '../task/sequences-of.ts';
import type { ServedRow } from './served-row.ts';

/** What one forward pass has only one value of. */
interface PassRules {
  readonly positionOffset: PositionOffset;
  readonly semantics: Semantics;
}

/** Rows for one forward pass. */
export interface PlannedBatch extends PassRules {
  /** Rows of one adapter next to each other. */
  readonly rows: readonly ServedRow[];
}

interface Group {
  readonly rules: PassRules;
  readonly rows: ServedRow[];
}

/**
 * Groups rows into batches that one forward pass each can compute.
 *
 * Rows of any adapters share a batch unless they need other weights, other positions behind a
 * prefix, or are read from a virtual token or padding, as PEFT does. Rows of like length stand
 * together, and as far as batches get full those that are read as a whole apart from those that are
 * read token by token. A row of several sequences counts as so many, and is never cut in two.
 */
export function planBatches(
  rows: readonly ServedRow[],
  architecture: BackboneArchitecture,
  batchSize: number,
): PlannedBatch[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const rules = passRules(row, architecture);
    const key = [...Object.values(rules), ...ownPass(row, architecture, rules)].join('/');
    const group = groups.get(key) ?? { rules, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap((group) =>
    cut(group.rows.sort(bySize), batchSize).map((batch) => ({ ...group.rules, rows: batch })),
  );
}

/** An adapter's own rules as far as they make a difference to the row. */
function passRules({ adapter, example }: ServedRow, architecture: BackboneArchitecture): PassRules {
  const { slots } = example.row;
  const isRead = adapter.head.reads === 'summary' && slots.length > 0;
  const isVirtual = isRead && (architecture === 'decoder' || slots[0] === 0);
  return {
    positionOffset: adapter.sites.size > 0 || adapter.whole ? adapter.positionOffset : 'shift',
    semantics: isVirtual ? adapter.semantics : 'ptl',
  };
}

/** What else a row must share with all others of its pass. */
function ownPass(
  { adapter, example: { row } }: ServedRow,
  architecture: BackboneArchitecture,
  { semantics }: PassRules,
): (string | number)[] {
  // An encoder-decoder's hidden states are those of targets, which heads of one adapter share.
  const isAlone = adapter.weights.size > 0 || architecture === 'encoder-decoder';
  // Read from the last position, padding or not: no row may be longer than another.
  const isPadded = architecture === 'decoder' && semantics === 'peft';
  return [
    // Marked positions are read as so many for each row.
    `marks ${row.marks?.length ?? 0}`,
    ...(isAlone ? [adapter.name] : []),
    ...(isPadded ? [row.slots.length, row.inputIds.length] : []),
  ];
}

function bySize(one: ServedRow, other: ServedRow): number {
  return reads(one) - reads(other) || length(one) - length(other) || one.place - other.place;
}

function reads({ adapter }: ServedRow): number {
  return adapter.head.reads === 'all' ? 1 : 0;
}

function length({ example }: ServedRow): number {
  return exampleLength(example) - example.row.slots.length;
}

function cut(rows: readonly ServedRow[], batchSize: number): ServedRow[][] {
  return fill(rows, batchSize).map((batch) => {
    const adapters = [...new Set(batch.map(({ adapter }) => adapter))];
    return adapters.flatMap((adapter) => batch.filter((row) => row.adapter === adapter));
  });
}

/** As many rows a batch as have `batchSize` sequences, one row at least. */
function fill(rows: readonly ServedRow[], batchSize: number): ServedRow[][] {
  const batches: ServedRow[][] = [];
  let room = 0;
  for (const row of rows) {
    const size = sequencesOf(row.example).length;
    if (size > room) {
      batches.push([]);
      room = batchSize;
    }
    batches.at(-1)?.push(row);
    room -= size;
  }
  return batches;
}
