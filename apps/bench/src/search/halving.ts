/** What a plan of successive halving is made from. */
export interface HalvingOptions {
  /** Epochs of each setting at its full length, in the order in which they are taken. */
  readonly epochs: readonly number[];
  readonly rungs: number;
  /** One of so many goes on to the next rung, with so many times the epochs. */
  readonly eta: number;
  /** Trainings of a setting in a rung. */
  readonly seeds: number;
  /** Epochs at most, over all trainings; null for any number. */
  readonly budget: number | null;
  /** Settings at most; null for any number. */
  readonly settings: number | null;
}

/** One round: so many settings, each at a share of its epochs. */
export interface Rung {
  readonly settings: number;
  /** In (0, 1]. */
  readonly share: number;
}

export interface HalvingPlan {
  /** Settings that are tried: the first ones. */
  readonly settings: number;
  readonly rungs: readonly Rung[];
  /** Epochs at most, whichever settings go on. */
  readonly cost: number;
}

/**
 * Plans successive halving (Jamieson and Talwalkar, 2016, arXiv:1502.07943) for as many of the
 * settings as the budget has room for.
 *
 * @returns A plan for no setting at all if the budget has no room for one.
 */
export function planHalving(options: HalvingOptions): HalvingPlan {
  const { epochs, budget } = options;
  let count = Math.min(epochs.length, options.settings ?? epochs.length);
  let plan = planFor(count, options);
  while (count > 0 && budget !== null && plan.cost > budget) {
    count--;
    plan = planFor(count, options);
  }
  return plan;
}

/** Epochs of a setting in a rung; at least one. */
export function epochsAt(epochs: number, { share }: Rung): number {
  return Math.max(1, Math.round(epochs * share));
}

function planFor(count: number, { epochs, rungs, eta, seeds }: HalvingOptions): HalvingPlan {
  const longestFirst = epochs.slice(0, count).sort((left, right) => right - left);
  const all = Array.from({ length: count === 0 ? 0 : rungs }, (_, index) => ({
    settings: Math.max(1, Math.floor(count / eta ** index)),
    share: eta ** (index + 1 - rungs),
  }));
  // The longest ones may be those that go on.
  const cost = all
    .flatMap((rung) => longestFirst.slice(0, rung.settings).map((full) => epochsAt(full, rung)))
    .reduce((sum, epochsOfSetting) => sum + epochsOfSetting * seeds, 0);
  return { settings: count, rungs: all, cost };
}
