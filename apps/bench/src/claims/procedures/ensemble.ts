import { createEnsemble, deriveSeed } from '@ptl/core';
import type { RunOutcome } from '../../records/run-record.ts';
import { mean } from '../../report/statistics.ts';
import type { BenchContext, RunProgress } from '../../runner/bench-context.ts';
import type { PlannedRun, Procedure } from '../../runner/plan.ts';
import { outcomeOf } from '../../runner/run-training.ts';
import { type Trained, type TrainingRun, trainRun } from '../../runner/train-run.ts';
import { requireTrained } from './require-trained.ts';

/** The score that holds the mean of the members' own. */
export const meanOfMembers = 'members';

/**
 * Trains so many models on the same rows, each from a seed of its own, and lets them vote in one
 * batch. The primary score is the vote's; {@link meanOfMembers} is what a member has on average.
 */
export function ensemble(size: number) {
  return (_run: PlannedRun): Promise<Procedure> =>
    Promise.resolve({
      name: 'ensemble',
      settings: { size, join: 'vote' },
      run: (run, context, onProgress) => {
        const trained = requireTrained(run);
        const runs = Array.from({ length: size }, (_, member) => ({
          ...trained,
          seed: deriveSeed(run.seed, `member/${member}`),
        }));
        return trainAndVote(runs, context, onProgress);
      },
    });
}

async function trainAndVote(
  runs: readonly TrainingRun[],
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
): Promise<RunOutcome> {
  const start = performance.now();
  return await trainAll(runs, context, onProgress, async (run, first, all) => {
    using joined = createEnsemble({ models: all.map(({ model }) => model) });
    const { scores, members } = await joined.evaluate(run.dataSet.test);
    const { primaryMetric } = first.task;
    const own = members.map((member) => member[primaryMetric] ?? Number.NaN);
    return {
      ...outcomeOf(run, first),
      test: { loss: null, scores: { ...scores, [meanOfMembers]: mean(own) } },
      totalMilliseconds: performance.now() - start,
    };
  });
}

/** Trains one after the other, and keeps them all until the last one is used. */
async function trainAll<Result>(
  [run, ...rest]: readonly TrainingRun[],
  context: BenchContext,
  onProgress: (progress: RunProgress) => void,
  use: (last: TrainingRun, model: Trained, all: readonly Trained[]) => Promise<Result>,
): Promise<Result> {
  if (!run) throw new RangeError('An ensemble has members.');
  return await trainRun(run, context, onProgress, async (trained) =>
    rest.length === 0
      ? await use(run, trained, [trained])
      : await trainAll(rest, context, onProgress, (last, model, all) =>
          use(last, model, [trained, ...all]),
        ),
  );
}
