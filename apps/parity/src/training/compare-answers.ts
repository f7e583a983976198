import { largestDifference } from '../compare-logits.ts';
import type { Answers } from './answers.ts';

type TrainedDirection = 'PEFT to PTL' | 'PTL to PEFT';

/** How one trained adapter fared in the library that did not train it. */
export interface TrainedComparison {
  readonly name: string;
  /** From the library that trained it to the one that read it. */
  readonly direction: TrainedDirection;
  readonly metric: string;
  readonly rows: number;
  /** Rows with another prediction. */
  readonly differing: number;
  /** On the side that trained it, and on the side that read it; null where it was not read. */
  readonly scores: readonly [trained: number, read: number] | null;
  /** Largest absolute difference of a logit. */
  readonly difference: number;
  /** Why it was not read. */
  readonly failure: string | null;
  /** Whether all predictions are the same, and the scores to the last bit. */
  readonly agrees: boolean;
}

/** What the two sides were asked about. */
type Asked = Pick<TrainedComparison, 'name' | 'direction' | 'metric' | 'rows'>;

export function compareAnswers(
  asked: Asked,
  trained: Answers | string,
  read: Answers | string,
): TrainedComparison {
  if (typeof trained === 'string') return notRead(asked, trained);
  if (typeof read === 'string') return notRead(asked, read);
  const { rows } = asked;
  const spell = ({ predictions }: Answers, row: number) => JSON.stringify(predictions[row] ?? row);
  const differing = Array.from({ length: rows }, (_, row) => row).filter(
    (row) => spell(trained, row) !== spell(read, row),
  ).length;
  const difference = largestDifference(read.logits, trained.logits);
  const complete = [trained, read].every(({ predictions }) => predictions.length === rows);
  const agrees = complete && rows > 0 && differing === 0 && trained.score === read.score;
  const scores = [trained.score, read.score] as const;
  return { ...asked, differing, scores, difference, failure: null, agrees };
}

function notRead(asked: Asked, failure: string): TrainedComparison {
  const difference = Number.POSITIVE_INFINITY;
  return { ...asked, differing: asked.rows, scores: null, difference, failure, agrees: false };
}
