import { mean } from '../report/statistics.ts';
import { epochsAt, type Rung } from './halving.ts';
import type { Candidate } from './plan-search.ts';
import type { TrialRecord } from './trial-record.ts';

/** Evaluations on development in a training, whatever its length. */
const evaluations = 10;

/** How a setting did in a rung. */
export interface RungEntry extends Candidate {
  /** At the length of the rung. */
  readonly epochs: number;
  /** On development, as shares, one for each seed; 0 where the loss became no number. */
  readonly scores: readonly number[];
  /** Mean of the scores. */
  readonly score: number;
  /** Mean over the seeds; infinite where one of them has none. */
  readonly loss: number;
}

/** Puts the trainings of a setting together, one for each seed. */
export function toEntry(
  candidate: Candidate,
  rung: Rung,
  records: readonly TrialRecord[],
): RungEntry {
  const { setting, experiment } = candidate;
  const scores = records.map(({ score }) => score ?? 0);
  const loss = mean(records.map((record) => record.loss ?? Number.POSITIVE_INFINITY));
  const epochs = epochsAt(experiment.training.epochs, rung);
  return { setting, experiment, epochs, scores, score: mean(scores), loss };
}

/** By score; of equals the one with the smaller loss, and then the shorter one. */
export function betterFirst(left: RungEntry, right: RungEntry): number {
  if (left.score !== right.score) return right.score - left.score;
  if (left.loss !== right.loss) return left.loss - right.loss;
  return left.epochs - right.epochs;
}

/** The experiment of a candidate at the length of a rung, evaluated as often at every length. */
export function experimentAt(
  { setting, experiment }: Candidate,
  rung: Rung,
): Candidate['experiment'] {
  const { training } = experiment;
  const epochs = epochsAt(training.epochs, rung);
  const isTried = Object.hasOwn(setting.training, 'evaluateEveryEpochs');
  const every = Math.max(1, Math.round(epochs / evaluations));
  const evaluateEveryEpochs = isTried ? training.evaluateEveryEpochs : every;
  return { ...experiment, training: { ...training, epochs, evaluateEveryEpochs } };
}
