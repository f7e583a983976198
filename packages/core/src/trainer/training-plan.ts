import { invalidOption } from '../contract/invalid-option.ts';
import { countUpdates, dataSetsOf } from './batching/plan-epoch.ts';
import type { Sampling } from './batching/share-updates.ts';
import { adamW } from './optimizer/adam-w.ts';
import type { Optimizer } from './optimizer/optimizer.ts';
import type { Interval } from './options/train-options.ts';
import { defaultCacheBytes, type TrainSettings } from './options/train-settings.ts';
import { type Schedule, scheduleFactor } from './schedule.ts';
import type { EncodedExample } from './trainable.ts';

/** The options with everything in steps and nothing left open: what a run does, before it runs. */
export interface TrainingPlan {
  readonly batchSize: number;
  readonly gradientAccumulation: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly warmupSteps: number;
  readonly evaluateEvery: Interval;
  /** Evaluations without a better one after which training ends; null for none. */
  readonly patience: number | null;
  readonly restoreBest: boolean;
  readonly learningRate: number;
  readonly clipNorm: number | null;
  readonly seed: number;
  readonly groupByLength: boolean;
  /** Undefined where it is not given, so that states without data sets stay what they were. */
  readonly sampling: Sampling | undefined;
  /** How much of what no step changes is remembered; null for nothing. */
  readonly cache: { readonly maxBytes: number; readonly isStored: boolean } | null;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
}

/** Passes over the rows where neither epochs nor steps are asked for. */
const defaultEpochs = 10;

/**
 * @param examples - The encoded rows to train on; a long row may be several.
 * @throws {@link PtlError} `CONFIG_INVALID` where `sampling` has nothing to choose among.
 */
export function planTraining(
  settings: TrainSettings,
  examples: readonly EncodedExample[],
): TrainingPlan {
  const { validation, epochs, maxSteps, weightDecay, schedule, sampling } = settings;
  if (sampling !== undefined && dataSetsOf(examples).size < 2) {
    throw invalidOption('train', 'sampling', 'It needs rows of several data sets.');
  }
  const stepsPerEpoch = countUpdates(examples, settings);
  const wantedEpochs =
    epochs ?? (maxSteps === undefined ? defaultEpochs : Number.POSITIVE_INFINITY);
  const totalSteps = Math.min(stepsPerEpoch * wantedEpochs, maxSteps ?? Number.POSITIVE_INFINITY);
  return {
    batchSize: settings.batchSize,
    gradientAccumulation: settings.gradientAccumulation,
    stepsPerEpoch,
    totalSteps,
    warmupSteps: settings.warmupSteps ?? Math.ceil(totalSteps * (settings.warmupRatio ?? 0)),
    evaluateEvery: settings.evaluateEvery,
    patience: settings.earlyStopping?.patience ?? null,
    restoreBest: settings.restoreBest ?? validation !== undefined,
    learningRate: settings.learningRate,
    clipNorm: settings.clipNorm,
    seed: settings.seed,
    groupByLength: settings.groupByLength,
    sampling,
    cache: toCache(settings.cache),
    optimizer: settings.optimizer ?? adamW({ weightDecay }),
    schedule: toSchedule(schedule),
  };
}

/** The learning rate of the step after `step` steps. */
export function learningRateAfter(step: number, plan: TrainingPlan): number {
  return plan.learningRate * scheduleFactor(plan.schedule, { ...plan, step });
}

/** Whether there is a folder decides what is remembered; which one does not. */
function toCache(setting: TrainSettings['cache']): TrainingPlan['cache'] {
  if (setting === 'off') return null;
  if (setting === 'auto') return { maxBytes: defaultCacheBytes, isStored: false };
  return { maxBytes: setting.maxBytes, isStored: setting.folder !== undefined };
}

function toSchedule(setting: TrainSettings['schedule']): Schedule {
  if (typeof setting !== 'string') return setting;
  return setting === 'exponential' ? { name: setting, rate: 0.95 } : { name: setting };
}
