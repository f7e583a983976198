import type { EncodedRow } from '../tokenizer/encoded-row.ts';
import type { FrozenStates } from '../trainer/frozen-cache.ts';
import { batchesByLength } from './batches-by-length.ts';
import {
  assembleStates,
  computeRowStates,
  type FrozenPart,
  keyOfRow,
  type RowStates,
  sizeOfRow,
} from './row-states.ts';
import type { StatesFolder } from './states-folder.ts';

export interface LayerCacheOptions {
  /** Bytes of memory to take at most. */
  readonly maxBytes: number;
  /** Keeps all groups, also those that memory has no room for; null for none. */
  readonly folder: StatesFolder | null;
  /** Whether rows that it does not know are taken in, as the batches in which they come. */
  readonly isOpen: boolean;
}

/** Rows that are computed together, always. */
interface Group {
  readonly rows: readonly EncodedRow[];
  /** Whether there is room for it in memory. */
  readonly isKept: boolean;
}

interface Place {
  readonly group: Group;
  readonly index: number;
}

/**
 * What the frozen part of a model gives for rows, without their padding.
 *
 * The last bits of a row depend on the rows that it is computed with. Rows are therefore computed in
 * groups that depend on the data alone, so that it makes no difference which row is asked for first,
 * and a run that was resumed sees the same bits.
 */
export class LayerCache {
  readonly #part: FrozenPart;
  readonly #options: LayerCacheOptions;
  readonly #places = new Map<string, Place>();
  readonly #memory = new Map<Group, readonly RowStates[]>();
  #bytes = 0;

  constructor(part: FrozenPart, options: LayerCacheOptions) {
    this.#part = part;
    this.#options = options;
  }

  /** Of memory, when all groups that it knows are computed. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Groups rows by their lengths. The longest are the first to get room, for they save most. */
  add(rows: readonly EncodedRow[], batchSize: number): void {
    const lengths = rows.map(({ inputIds }) => inputIds.length);
    for (const places of batchesByLength(lengths, batchSize).toReversed()) {
      this.#addGroup(places.flatMap((place) => rows[place] ?? []));
    }
  }

  /** @returns Null where no row of a batch is known. */
  async states(rows: readonly EncodedRow[]): Promise<FrozenStates | null> {
    const keys = rows.map(keyOfRow);
    if (this.#options.isOpen) {
      this.#addGroup(rows.filter((_, row) => !this.#places.has(keys[row] ?? '')));
    }
    const found = await this.#find(keys);
    const missing = rows.filter((_, row) => !found[row]);
    if (missing.length === rows.length) return null;
    const computed = missing.length > 0 ? await computeRowStates(this.#part, missing) : [];
    let next = 0;
    const complete = found.map((states) => states ?? computed[next++] ?? new Float32Array());
    return assembleStates(this.#part, rows, complete);
  }

  #addGroup(rows: readonly EncodedRow[]): void {
    const { maxBytes, folder } = this.#options;
    const size = rows.reduce((sum, row) => sum + sizeOfRow(this.#part, row), 0);
    const bytes = size * Float32Array.BYTES_PER_ELEMENT;
    const isKept = this.#bytes + bytes <= maxBytes;
    if (rows.length === 0 || !(isKept || folder)) return;
    if (isKept) this.#bytes += bytes;
    const group = { rows, isKept };
    for (const [index, row] of rows.entries()) {
      const key = keyOfRow(row);
      if (!this.#places.has(key)) this.#places.set(key, { group, index });
    }
  }

  async #find(keys: readonly string[]): Promise<(RowStates | undefined)[]> {
    const groups = new Map<Group, readonly RowStates[]>();
    const found: (RowStates | undefined)[] = [];
    for (const key of keys) {
      const place = this.#places.get(key);
      const known = place && (groups.get(place.group) ?? (await this.#statesOf(place.group)));
      if (place && known) groups.set(place.group, known);
      found.push(place && known?.[place.index]);
    }
    return found;
  }

  async #statesOf(group: Group): Promise<readonly RowStates[]> {
    const kept = this.#memory.get(group);
    if (kept) return kept;
    const states = await this.#readOrCompute(group.rows);
    if (group.isKept) this.#memory.set(group, states);
    return states;
  }

  async #readOrCompute(rows: readonly EncodedRow[]): Promise<readonly RowStates[]> {
    const { folder } = this.#options;
    const stored = await folder?.read(rows);
    if (stored) return stored;
    const states = await computeRowStates(this.#part, rows);
    await folder?.write(rows, states);
    return states;
  }
}
