/** What the frozen lower part of a model computes for the rows of a batch. Plain data. */
export interface FrozenStates {
  /** The layer that they go into, counted from 0; the number of layers for what the last one gives. */
  readonly layer: number;
  /** Of `values`: `[batch, sequence, hidden]`. */
  readonly shape: readonly [number, number, number];
  /** Row-major; zero at padding. */
  readonly values: Float32Array;
}

/** Remembers what no training step changes. */
export interface FrozenCache<Example> {
  /** Bytes of memory that it takes when it is full, as far as it knows its rows. */
  readonly bytes: number;
  /** @returns Null where no row of the batch is remembered, and the whole model is to be run. */
  states(examples: readonly Example[]): Promise<FrozenStates | null>;
}

export interface FrozenCacheOptions<Example> {
  /**
   * The rows to train on, whose batches are drawn anew in each epoch; null for evaluations, which
   * always come in the same batches.
   */
  readonly examples: readonly Example[] | null;
  /** Rows that are computed together. */
  readonly batchSize: number;
  /** Bytes of memory to take at most. */
  readonly maxBytes: number;
  /** Keeps what is computed, also for other runs. */
  readonly folder: string | undefined;
}
