import { deriveSeed } from '../contract/seed.ts';
import { chunks, epochBatches } from './batches.ts';
import type { Schedule } from './schedule.ts';
import type { TrainSettings } from './train-options.ts';

/** One update: which rows go into which forward pass, and with which seed. */
export interface PlannedStep {
  readonly epoch: number;
  /** Places of rows, one list for each forward pass. */
  readonly batches: readonly (readonly number[])[];
  /** One for each forward pass. */
  readonly seeds: readonly number[];
}

/** Decides every step of a run from its settings alone, so that any step can be asked for at any time. */
export class RunPlan {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly #lengths: readonly number[];
  readonly #settings: TrainSettings;
  #epoch = -1;
  #updates: number[][][] = [];

  constructor(lengths: readonly number[], settings: TrainSettings) {
    const { batchSize, gradientAccumulation, epochs, maxSteps } = settings;
    this.#lengths = lengths;
    this.#settings = settings;
    const batches = Math.ceil(lengths.length / batchSize);
    this.stepsPerEpoch = Math.ceil(batches / gradientAccumulation);
    const all = epochs * this.stepsPerEpoch;
    this.totalSteps = Math.min(all, maxSteps ?? all);
  }

  step(step: number): PlannedStep {
    const { seed } = this.#settings;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const batches = this.#updatesOf(epoch)[step % this.stepsPerEpoch] ?? [];
    const seeds = batches.map((_, index) => deriveSeed(seed, `step/${step}/${index}`));
    return { epoch, batches, seeds };
  }

  /** Whether something that is due every so often is due after `step` updates. */
  isDue(every: 'epoch' | { readonly steps: number }, step: number): boolean {
    const interval = every === 'epoch' ? this.stepsPerEpoch : every.steps;
    return step % interval === 0 || step === this.totalSteps;
  }

  #updatesOf(epoch: number): number[][][] {
    if (epoch === this.#epoch) return this.#updates;
    const { batchSize, gradientAccumulation, seed } = this.#settings;
    const batches = epochBatches(this.#lengths, batchSize, seed, epoch);
    this.#updates = chunks(batches, gradientAccumulation);
    this.#epoch = epoch;
    return this.#updates;
  }
}

/** The schedule that a setting means. */
export function toSchedule(setting: TrainSettings['schedule']): Schedule {
  if (typeof setting !== 'string') return setting;
  return setting === 'exponential' ? { name: setting, rate: 0.95 } : { name: setting };
}
