import type { Sampling } from '../batching/share-updates.ts';
import type { Optimizer } from '../optimizer/optimizer.ts';
import type { Schedule } from '../schedule.ts';
import type { TrainEvent } from '../train-event.ts';

/** What to train on, how, and what to tell of it. Only `train` is needed. */
export interface TrainOptions<Row = unknown> {
  readonly train: readonly Row[];
  /** Rows that decide which step was best; without them the last step is kept. */
  readonly validation?: readonly Row[];
  /** Passes over the rows. 10 if neither this nor `maxSteps` is given. */
  readonly epochs?: number;
  /** Optimizer steps after which training ends at the latest. */
  readonly maxSteps?: number;
  /** Rows of one forward pass. 16 if absent. */
  readonly batchSize?: number;
  /** Batches whose gradients make one optimizer step. 1 if absent. */
  readonly gradientAccumulation?: number;
  /**
   * Per step, after warm-up. 1e-2 if absent, as prompts want it: the papers' code uses 5e-3 to 6e-2,
   * full fine-tuning about a hundredth.
   */
  readonly learningRate?: number;
  /** Share of each variable taken off a step, in units of the learning rate. 0 if absent. */
  readonly weightDecay?: number;
  /** `adamW({ weightDecay })` if absent. */
  readonly optimizer?: Optimizer;
  /** `linear` if absent; `exponential` alone has rate 0.95. */
  readonly schedule?: Schedule['name'] | Extract<Schedule, { name: 'exponential' }>;
  /** Optimizer steps in which the rate rises from 0. 0 if absent. */
  readonly warmupSteps?: number;
  /** Share of all steps in which the rate rises, in [0, 1), rounded up to a step. */
  readonly warmupRatio?: number;
  /** Largest norm of the gradient of all variables together; null for any. 1 if absent. */
  readonly clipNorm?: number | null;
  /** Decides the order of rows and every random draw. 0 if absent. */
  readonly seed?: number;
  /**
   * Whether rows of like length go into one batch, so that little is padded; batches still come in
   * random order, and each is drawn from 50 of them anew. True if absent.
   */
  readonly groupByLength?: boolean;
  /**
   * Which share of the updates each data set has, where a model has several tasks: `proportional`, the
   * default, takes each row once an epoch; `uniform` takes as many updates of each; `{ temperature }`,
   * `T`, takes them in proportion to `n^(1/T)` for `n` rows. An epoch has as many updates in any case.
   */
  readonly sampling?: Sampling;
  /**
   * Where what a step cannot change is remembered: what the layers below the lowest prompt give for a
   * row, or all layers where only a head is trained, unless the backbone runs with its own dropout.
   * `auto`, the default, takes half a GiB of memory at most; `off` computes everything every time.
   */
  readonly cache?: 'auto' | 'off' | CacheOptions;
  /** `epoch` if absent. The last step is always evaluated. */
  readonly evaluateEvery?: Interval;
  /** Rows of one batch in evaluations. 32 if absent. */
  readonly evaluationBatchSize?: number;
  /** Ends training after `patience` evaluations in a row that were not better than the best. */
  readonly earlyStopping?: { readonly patience: number };
  /** Whether to end with the variables of the best evaluation. True with validation rows. */
  readonly restoreBest?: boolean;
  readonly checkpoint?: CheckpointOptions;
  /** Stops after the current step; the checkpoint, if there is one, is written first. */
  readonly signal?: AbortSignal;
  /** Called for each event, in order, before the next step begins. */
  readonly onEvent?: (event: TrainEvent) => void;
  /** Where progress goes on standard error; `auto` is a bar on a terminal and lines elsewhere. */
  readonly progress?: 'auto' | 'bar' | 'lines' | 'none';
  readonly log?: LogOptions;
}

/** How often something comes, in optimizer steps. */
export type Interval = 'epoch' | { readonly steps: number };

export interface CacheOptions {
  /** Bytes of memory to take at most. Half a GiB if absent. */
  readonly maxBytes?: number;
  /**
   * A folder for what is remembered, also of rows that memory has no room for, and for other runs of
   * the same backbone on the same rows. It grows to 4 bytes for each hidden number of each token, and
   * may be deleted at any time.
   */
  readonly folder?: string;
}

export interface CheckpointOptions {
  /** Holds the folded model, and `training/` for resuming. Replaced as a whole each time. */
  readonly folder: string;
  /** `epoch` if absent. There is always one at the end, and where the signal stops the run. */
  readonly every?: Interval;
  /**
   * Whether to go on where the run in `folder` stopped, if there is one. A run that has ended
   * gives its report at once. False if absent.
   */
  readonly resume?: boolean;
}

export interface LogOptions {
  /** A file of one JSON object a line for each event; continued when a run is resumed. */
  readonly jsonl?: string;
  /** Closed when training ends, however it ends. */
  readonly tensorBoard?: ScalarWriter;
}

/** What writes TensorBoard's files, where the engine can. */
export interface ScalarWriter {
  scalar(name: string, value: number, step: number): void;
  close(): void | Promise<void>;
}
