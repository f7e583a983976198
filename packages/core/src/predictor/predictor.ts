import { PtlError } from '../contract/errors.ts';
import { joinRowLogits, type RowLogits, readRowLogits } from '../model/row-logits.ts';
import { joinWindows } from '../model/row-windows.ts';
import type { AdapterShelf } from './adapter-shelf.ts';
import type {
  AdapterSource,
  AdapterSources,
  PredictionRequest,
  Predictions,
  Served,
} from './adapter-source.ts';
import { Calibrations } from './calibrations.ts';
import { JobQueue } from './job-queue.ts';
import { type PlacedRequest, type Reading, type Service, ServingRun } from './serving-run.ts';

/** A call that waits for its results. */
interface Call {
  readonly requests: readonly PlacedRequest[];
  readonly settle: (results: readonly Served<unknown>[]) => void;
  readonly reject: (reason: unknown) => void;
}

const logits: Reading = {
  isRaw: true,
  by: () => readRowLogits,
  join: (_, windows) => joinRowLogits(windows as readonly RowLogits[]), // As they were read.
};

/**
 * One backbone and any number of adapters, whose rows share forward passes. See `docs/serving.md`.
 *
 * Calls are answered in the order in which they are made, those that wait together in one go; adapters
 * come and go between them, so that a call meets the adapters that were there when it was made.
 */
export class Predictor<Sources extends AdapterSources = AdapterSources> implements Disposable {
  readonly #service: Service;
  readonly #shelf: AdapterShelf;
  readonly #calibrations = new Calibrations();
  readonly #predictions: Reading = {
    isRaw: false,
    by: (adapter) => this.#calibrations.decode(adapter),
    join: ({ task }, windows) => joinWindows(task, windows),
    prepare: (adapter, { backbone, batchSize }) =>
      this.#calibrations.prepare(adapter, backbone, batchSize),
  };
  readonly #queue = new JobQueue();
  /** Calls that the next run answers; null where it has begun, or something else comes before it. */
  #waiting: Call[] | null = null;

  constructor(service: Service) {
    this.#service = service;
    this.#shelf = service.shelf;
  }

  /** Names of all adapters, in alphabetical order. */
  get adapters(): readonly string[] {
    return this.#shelf.names;
  }

  /** Names of the adapters from folders that are in memory, the one used last at the end. */
  get residentAdapters(): readonly string[] {
    return this.#shelf.resident;
  }

  /**
   * Predictions in the order of the requests. A row that cannot be answered has an error in its
   * place, a {@link PtlError}; the others are answered.
   */
  predict<const Requests extends readonly PredictionRequest<keyof Sources & string>[]>(
    requests: Requests,
  ): Promise<Predictions<Sources, Requests>> {
    // Each adapter's task decodes what its type says.
    return this.#call(requests) as Promise<Predictions<Sources, Requests>>;
  }

  /** Logits in the order of the requests, as {@link Predictor.predict} gives predictions. */
  logits(requests: readonly PredictionRequest[]): Promise<readonly Served<RowLogits>[]> {
    return this.#queue.run(async () => {
      const placed = requests.map((request, index) => ({ request, index }));
      const results = await new ServingRun(this.#service, placed, logits).results();
      return results as readonly Served<RowLogits>[]; // As `readRowLogits` gives them.
    });
  }

  /**
   * Reads an adapter, or copies a model, and serves it from the next call on.
   *
   * @throws {@link PtlError} `ADAPTER_DUPLICATE` if there is one of that name; for a folder as
   *   `loadModel` and `loadAdapter` do; `BACKBONE_MISMATCH` for a model of another backbone.
   */
  add(name: string, source: AdapterSource): Promise<void> {
    return this.#change(async () => {
      if (this.#shelf.has(name)) throw duplicate(name);
      await this.#shelf.putRead(name, source);
    });
  }

  /**
   * Puts another adapter in an adapter's place from the next call on. One that cannot be read
   * changes nothing.
   *
   * @throws {@link PtlError} `ADAPTER_UNKNOWN`, or as {@link Predictor.add}.
   */
  replace(name: string, source: AdapterSource): Promise<void> {
    return this.#change(async () => {
      this.#shelf.require(name);
      await this.#shelf.putRead(name, source);
    });
  }

  /** @throws {@link PtlError} `ADAPTER_UNKNOWN`. */
  remove(name: string): Promise<void> {
    return this.#change(async () => this.#shelf.remove(name));
  }

  #call(requests: readonly PredictionRequest[]): Promise<readonly Served<unknown>[]> {
    return new Promise((settle, reject) => {
      const placed = requests.map((request, index) => ({ request, index }));
      const calls = this.#waiting ?? this.#startRun();
      calls.push({ requests: placed, settle, reject });
    });
  }

  /** A run that answers all calls that are made until it begins. */
  #startRun(): Call[] {
    const calls: Call[] = [];
    this.#waiting = calls;
    void this.#queue.run(async () => {
      if (this.#waiting === calls) this.#waiting = null;
      await this.#answer(calls);
    });
    return calls;
  }

  async #answer(calls: readonly Call[]): Promise<void> {
    const requests = calls.flatMap((call) => call.requests);
    try {
      const results = await new ServingRun(this.#service, requests, this.#predictions).results();
      let first = 0;
      for (const { requests: own, settle } of calls) {
        settle(results.slice(first, first + own.length));
        first += own.length;
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }

  #change(job: () => Promise<void>): Promise<void> {
    // Calls from now on come behind it.
    this.#waiting = null;
    return this.#queue.run(job);
  }

  /** Gives all memory back. Calls that wait get errors in place of results. */
  [Symbol.dispose](): void {
    this.#shelf[Symbol.dispose]();
  }
}

function duplicate(name: string): PtlError<'ADAPTER_DUPLICATE'> {
  const message = `There is an adapter called "${name}" already; replace() puts another in its place.`;
  return new PtlError('ADAPTER_DUPLICATE', message, { adapter: name });
}
