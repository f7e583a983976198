import type { Backbone } from '../backbone/backbone.ts';
import { isPtlError } from '../contract/errors.ts';
import { windowsOf } from '../model/row-windows.ts';
import type { AdapterShelf } from './adapter-shelf.ts';
import type { PredictionRequest, Served } from './adapter-source.ts';
import { type PlannedBatch, planBatches } from './plan-batches.ts';
import { type ReadRows, runBatch } from './run-batch.ts';
import type { ServedAdapter } from './served-adapter.ts';
import type { ServedRow } from './served-row.ts';

/** A request with its place in the call that it came with, for messages. */
export interface PlacedRequest {
  readonly request: PredictionRequest;
  readonly index: number;
}

/** What requests are served with. */
export interface Service {
  readonly backbone: Backbone;
  readonly shelf: AdapterShelf;
  /** Rows of one forward pass, at most. */
  readonly batchSize: number;
}

/** What is made of the rows' logits. */
export interface Reading extends ReadRows {
  /** Makes one result of those of a row's windows. */
  join(adapter: ServedAdapter, windows: readonly unknown[]): unknown;
  /** Called before the first row of an adapter. */
  prepare?(adapter: ServedAdapter, service: Service): Promise<void>;
}

/**
 * Answers requests: all rows whose adapters fit in memory at once are batched together. What fails is
 * a row, all rows of an adapter that cannot be had, and of a batch the rows that fail alone too.
 */
export class ServingRun {
  readonly #service: Service;
  readonly #read: Reading;
  readonly #requests: readonly PlacedRequest[];
  readonly #names: readonly string[];
  readonly #results: Served<unknown>[] = [];
  readonly #windows = new Map<number, unknown[]>();

  constructor(service: Service, requests: readonly PlacedRequest[], read: Reading) {
    this.#service = service;
    this.#read = read;
    this.#requests = requests;
    this.#names = requests.map(({ request }) => String(request?.adapter));
  }

  /** @returns One result for each request, in order. */
  async results(): Promise<readonly Served<unknown>[]> {
    const { shelf, backbone, batchSize } = this.#service;
    for (const portion of shelf.portions(this.#names)) {
      const rows = await this.#rowsOf(portion);
      for (const batch of planBatches(rows, backbone.geometry.architecture, batchSize)) {
        await this.#answer(batch);
      }
      this.#collect(rows);
    }
    return this.#results;
  }

  /** Brings adapters into memory and encodes their rows. */
  async #rowsOf(portion: readonly string[]): Promise<ServedRow[]> {
    const kept = new Set(portion);
    const rows: ServedRow[] = [];
    for (const name of portion) {
      const places = this.#names.flatMap((other, place) => (other === name ? [place] : []));
      try {
        const adapter = await this.#service.shelf.fetch(name, kept);
        await this.#read.prepare?.(adapter, this.#service);
        rows.push(...places.flatMap((place) => this.#encode(place, adapter)));
      } catch (error) {
        this.#fail(places, error);
      }
    }
    return rows;
  }

  #encode(place: number, adapter: ServedAdapter): ServedRow[] {
    const placed = this.#requests[place];
    if (!placed) return [];
    const { request, index } = placed;
    try {
      const encoded = adapter.task.encodeInput(request.row, index, adapter.context);
      return windowsOf(encoded).map((example, window) => ({ place, window, adapter, example }));
    } catch (error) {
      this.#fail([place], error);
      return [];
    }
  }

  /** Makes results of what rows and their windows gave, unless one of them failed. */
  #collect(rows: readonly ServedRow[]): void {
    for (const { place, window, adapter } of rows) {
      const values = this.#windows.get(place);
      if (window > 0 || !values || this.#results[place]) continue;
      const value = values.length > 1 ? this.#read.join(adapter, values) : values[0];
      this.#results[place] = { ok: true, adapter: adapter.name, value };
    }
    this.#windows.clear();
  }

  async #answer(batch: PlannedBatch): Promise<void> {
    const places = batch.rows.map(({ place }) => place);
    try {
      this.#service.shelf.assertLive();
      const values = await runBatch(this.#service.backbone, batch, this.#read);
      for (const [row, { place, window }] of batch.rows.entries()) {
        const windows = this.#windows.get(place) ?? [];
        windows[window] = values[row];
        this.#windows.set(place, windows);
      }
    } catch (error) {
      if (places.length === 1 || !isPtlError(error)) return this.#fail(places, error);
      for (const row of batch.rows) await this.#answer({ ...batch, rows: [row] });
    }
  }

  /** @throws What is no {@link PtlError}: then something is wrong that is no row's fault. */
  #fail(places: readonly number[], error: unknown): void {
    if (!isPtlError(error)) throw error;
    for (const place of places) {
      this.#results[place] = { ok: false, adapter: this.#names[place] ?? '', error };
    }
  }
}
