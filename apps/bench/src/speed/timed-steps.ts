/** Something whose steps can be timed, in one process or another. */
export interface TimedSteps extends AsyncDisposable {
  /** Milliseconds of each of `count` steps, one after the other. */
  train(count: number): Promise<readonly number[]>;
  infer(count: number): Promise<readonly number[]>;
}

/** All times that were taken of one side, in milliseconds. */
export interface StepTimes {
  readonly train: readonly number[];
  readonly infer: readonly number[];
}

/** How often steps are timed. */
export interface TimingPlan {
  /** Turns that each side has. */
  readonly blocks: number;
  /** Steps timed in a turn, after one that warms up the caches. */
  readonly steps: number;
}

/**
 * Times several sides in turns, block by block, so that all of them meet the same machine: what
 * else runs on it, and how hot it is, changes within a minute.
 */
export async function timeInTurns(
  sides: readonly TimedSteps[],
  { blocks, steps }: TimingPlan = { blocks: 4, steps: 5 },
): Promise<StepTimes[]> {
  const times = sides.map(() => ({ train: [] as number[], infer: [] as number[] }));
  for (const side of sides) await warmUp(side);
  for (let block = 0; block < blocks; block++) {
    for (const kind of ['train', 'infer'] as const) {
      for (const [index, side] of sides.entries()) {
        times[index]?.[kind].push(...(await side[kind](steps + 1)).slice(1));
      }
    }
  }
  return times;
}

async function warmUp(side: TimedSteps): Promise<void> {
  await side.train(2);
  await side.infer(2);
}
