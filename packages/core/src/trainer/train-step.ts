import { PtlError } from '../contract/errors.ts';
import { deriveSeed } from '../contract/seed.ts';
import type { UpdateRows } from './batching/plan-epoch.ts';
import type { FrozenCache } from './frozen-cache.ts';
import {
  addGradients,
  computeGradients,
  measureGradients,
  type SummedGradients,
} from './gradients.ts';
import { type MissedUpdates, missedAfter, type RunningOptimizer } from './optimizer/optimizer.ts';
import type { EncodedExample, Trainable } from './trainable.ts';

export interface StepOptions<Example> {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Largest norm of the mean gradient, or null for any. */
  readonly clipNorm: number | null;
  /** Steps before this one in which a variable had no gradient. */
  readonly missed: MissedUpdates;
  /** Of the run; the draws of a step follow from it and the step's number. */
  readonly seed: number;
  /** What is known of the rows before; null for nothing. */
  readonly frozen: FrozenCache<Example> | null;
}

export interface StepResult {
  /** Sum of the losses before the update. */
  readonly lossSum: number;
  readonly lossCount: number;
  /** Of the mean gradient, before clipping. */
  readonly gradientNorm: number;
  /** Steps in which a variable had no gradient, this one included. */
  readonly missed: MissedUpdates;
}

/**
 * Does one optimizer step over the batches of one update; afterwards there are as many tensors as
 * before.
 *
 * The gradient is that of the mean over everything the batches count, and is clipped as
 * `torch.nn.utils.clip_grad_norm_` does.
 *
 * @throws {@link PtlError} `LOSS_NOT_FINITE` if the loss or its gradient is NaN or infinite; the
 *   variables and the optimizer are then as they were.
 */
export async function trainStep<Row, Example extends EncodedExample>(
  trainable: Trainable<Row, Example>,
  optimizer: RunningOptimizer,
  batches: UpdateRows<Example>,
  { step, learningRate, clipNorm, missed, seed, frozen }: StepOptions<Example>,
): Promise<StepResult> {
  const parts = batches.map((examples, index) => ({
    examples,
    seed: deriveSeed(seed, `step/${step}/${index}`),
  }));
  const [first, ...rest] = parts;
  if (!first) throw new RangeError('An update needs at least one batch.');
  const compute = async (part: typeof first): Promise<SummedGradients> => {
    const states = (await frozen?.states(part.examples)) ?? null;
    return computeGradients(trainable, part.examples, part.seed, states);
  };
  let total = await compute(first);
  try {
    for (const part of rest) total = addGradients(total, await compute(part));
    const { loss, norm } = await measureGradients(total);
    checkFinite(step, loss, norm);
    const count = total.count || 1;
    optimizer.apply(total.gradients, {
      step,
      learningRate,
      scale: clipScale(norm, clipNorm) / count,
      missed,
    });
    return {
      lossSum: loss * count,
      lossCount: total.count,
      gradientNorm: norm,
      missed: missedAfter(missed, trainable.trainableVariables, total.gradients),
    };
  } finally {
    total[Symbol.dispose]();
  }
}

/** The factor that brings a gradient down to a norm, as `torch.nn.utils.clip_grad_norm_` has it. */
export function clipScale(norm: number, clipNorm: number | null): number {
  return clipNorm === null ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
}

function checkFinite(step: number, loss: number, norm: number): void {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  const what = Number.isFinite(loss) ? `gradient's norm is ${norm}` : `loss is ${loss}`;
  const message =
    `At step ${step} the ${what}. The step was not applied. ` +
    'Lower the learning rate, or add warm-up steps.';
  throw new PtlError('LOSS_NOT_FINITE', message, { step, loss });
}
