import * as tf from '@tensorflow/tfjs';
import { crossEntropy } from '../../ops/cross-entropy.ts';
import { lookup } from '../../ops/lookup.ts';
import { sequencesOf } from '../sequences-of.ts';
import type { Example, SummedLoss } from '../task.ts';

/** Rows that have as many choices as each other. */
interface ChoiceGroup {
  /** Places of their choices among all of the batch, row by row. */
  readonly places: number[];
  readonly targets: number[];
}

/**
 * The cross-entropy of each row's choices, summed over rows: `-log softmax(scores)[label]`.
 *
 * Rows with different numbers of choices are computed apart, so that smoothing spreads a target over
 * the choices that there are.
 *
 * @param logits - `[choices, 1]` of all rows, one row's behind the other's.
 * @param smoothing - Share of each target that is spread evenly over its row's choices, in [0, 1).
 */
export function choiceLoss(
  logits: tf.Tensor2D,
  examples: readonly Example<number>[],
  smoothing: number,
): SummedLoss {
  const sums = [...groupByChoices(examples)].map(([choices, { places, targets }]) => {
    const own = lookup(logits, Int32Array.from(places), true);
    const scores = tf.reshape<tf.Rank.R2>(own, [targets.length, choices]);
    return crossEntropy(scores, Int32Array.from(targets), { smoothing }).sum;
  });
  return { sum: tf.addN(sums), count: examples.length };
}

function groupByChoices(examples: readonly Example<number>[]): ReadonlyMap<number, ChoiceGroup> {
  const groups = new Map<number, ChoiceGroup>();
  let first = 0;
  for (const example of examples) {
    const choices = sequencesOf(example).length;
    const group = groups.get(choices) ?? { places: [], targets: [] };
    groups.set(choices, group);
    group.targets.push(example.target);
    for (let choice = 0; choice < choices; choice++) group.places.push(first + choice);
    first += choices;
  }
  return groups;
}
