import type { Tensor, Variable } from '@tensorflow/tfjs';

/** What one update needs besides the gradients. */
export interface Update {
  /** Number of this update, from 1. */
  readonly step: number;
  /** Per step, schedule included. */
  readonly learningRate: number;
  /** Factor for every gradient: the mean over a batch, and clipping. */
  readonly scale: number;
  /** Updates before this one in which a variable had no gradient, by its name. None if absent. */
  readonly missed?: MissedUpdates;
}

/** Updates in which variables had no gradient, by their names; 0 for those that are not named. */
export type MissedUpdates = Readonly<Record<string, number>>;

/** An update as one variable sees it, which counts only those in which it had a gradient. */
export function updateOf(name: string, update: Update): Update {
  return { ...update, step: update.step - (update.missed?.[name] ?? 0) };
}

/** A rule by which variables follow their gradients: a value, which holds no state. */
export interface Optimizer {
  /** Kebab-case; together with `options` it says whether a run may be resumed with it. */
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Allocates what the rule remembers. The caller owns the result; the variables are borrowed. */
  start(variables: ReadonlyMap<string, Variable>): RunningOptimizer;
}

/** An {@link Optimizer} at work on certain variables. Owns its moments until it is disposed. */
export interface RunningOptimizer extends Disposable {
  /** What it remembers between updates, by stable names, for checkpoints to read and assign. */
  readonly moments: ReadonlyMap<string, Variable>;
  /** Changes the variables, which are named as in `start`. One without a gradient stays as it is. */
  apply(gradients: ReadonlyMap<string, Tensor>, update: Update): void;
}

/** Counts an update in which some variables had no gradient, such as the heads of other tasks. */
export function missedAfter(
  missed: MissedUpdates,
  variables: ReadonlyMap<string, unknown>,
  gradients: ReadonlyMap<string, unknown>,
): MissedUpdates {
  const without = [...variables.keys()].filter((name) => !gradients.has(name));
  const counts = without.map((name) => [name, (missed[name] ?? 0) + 1] as const);
  return { ...missed, ...Object.fromEntries(counts) };
}
