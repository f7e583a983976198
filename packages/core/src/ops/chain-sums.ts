import * as tf from '@tensorflow/tfjs';

/**
 * The smallest share of the likeliest transition that counts, so that no sum is zero and none
 * overflows, whatever the scores: a transition, start or end more than 41 nats below the best one is
 * summed as if it were 41 below it. Sums backward are at most its inverse, and quotients its square.
 */
const smallestShare = 1e-18;

/** Exponentials of a chain's scores, each but for a factor; with one label more for what is behind the end. */
export interface ChainPotentials {
  /** `[words + 1, batch, labels + 1]`; behind the last word of a row only the additional label counts. */
  readonly words: tf.Tensor3D;
  /** `[labels + 1, labels + 1]`, from row to column; the last column ends a chain. */
  readonly transitions: tf.Tensor2D;
  /** `[1, labels + 1]`. */
  readonly start: tf.Tensor2D;
}

/** What comes before each place of a chain, in shares that sum to 1. */
export interface ChainSums {
  /** `[words + 1, batch, labels + 1]`. */
  readonly before: tf.Tensor3D;
  /** `[words + 1, batch, 1]`: what the shares were divided by; their product is the sum over all paths. */
  readonly scales: tf.Tensor3D;
}

/** The scores of all labels at once as what {@link sumForward} takes, each less `log` of its factor. */
export interface ShiftedScores {
  /** `[words, batch, labels]`, the best label of each word at 0. */
  readonly emissions: tf.Tensor3D;
  /** `[labels, labels]`; the best of transitions and ends at 0, as are the ends. */
  readonly transitions: tf.Tensor2D;
  /** `[labels]`. */
  readonly start: tf.Tensor1D;
  /** `[labels]`. */
  readonly end: tf.Tensor1D;
}

/** Exponentials of scores, rows being as long as `lengths` says; a row of no words has one path. */
export function chainPotentials(
  { emissions, transitions, start, end }: ShiftedScores,
  lengths: readonly number[],
): ChainPotentials {
  const [words, batch, labels] = emissions.shape;
  const ended = new Float32Array((words + 1) * batch).map((_, index) =>
    Math.floor(index / batch) < (lengths[index % batch] ?? 0) ? 0 : 1,
  );
  const isEnded = tf.tensor3d(ended, [words + 1, batch, 1]);
  const counted = tf.mul(tf.exp(emissions), tf.slice(tf.sub(1, isEnded), 0, words));
  const behind = tf.zeros([1, batch, labels]);
  const onward = tf.concat([share(transitions), tf.expandDims(share(end), 1)], 1);
  const stays = tf.tensor2d([...new Float32Array(labels), 1], [1, labels + 1]);
  return {
    words: tf.concat3d([tf.concat([counted, behind], 0) as tf.Tensor3D, isEnded], 2),
    transitions: tf.concat2d([onward as tf.Tensor2D, stays], 0),
    start: tf.expandDims(tf.concat1d([share(start), tf.ones([1])]), 0),
  };
}

function share<T extends tf.Tensor>(scores: T): T {
  return tf.maximum(tf.exp(scores), smallestShare);
}

/** Sums over paths from the start on: four kernels a word. */
export function sumForward({ words, transitions, start }: ChainPotentials): ChainSums {
  const before: tf.Tensor2D[] = [];
  const scales: tf.Tensor2D[] = [];
  let reached: tf.Tensor2D | null = null;
  for (const word of tf.unstack(words) as tf.Tensor2D[]) {
    const next = tf.mul(reached ? tf.matMul(reached, transitions) : start, word);
    const scale = tf.sum(next, 1, true) as tf.Tensor2D; // Its axis is kept.
    reached = tf.div(next, scale) as tf.Tensor2D; // A quotient of matrices is one.
    before.push(reached);
    scales.push(scale);
  }
  return { before: tf.stack(before) as tf.Tensor3D, scales: tf.stack(scales) as tf.Tensor3D };
}

/** How likely each label is at each word, and how often each transition is expected. */
export interface ChainMarginals {
  /** `[words + 1, batch, labels + 1]`: probabilities. */
  readonly words: tf.Tensor3D;
  /** `[labels + 1, labels + 1]`: expected counts, over all words of all rows. */
  readonly transitions: tf.Tensor2D;
}

/** Sums over paths from the end on, by what {@link sumForward} gave: two kernels a word. */
export function chainMarginals(
  words: tf.Tensor3D,
  transitions: tf.Tensor2D,
  { before, scales }: ChainSums,
): ChainMarginals {
  const [places, batch, states] = words.shape;
  const scaled = tf.unstack(tf.div(words, scales)) as tf.Tensor2D[]; // One for each place.
  let behind = tf.ones<tf.Rank.R2>([batch, states]);
  const after: tf.Tensor2D[] = [behind];
  const entered: tf.Tensor2D[] = [];
  for (const word of scaled.slice(1).reverse()) {
    const into = tf.mul(word, behind) as tf.Tensor2D; // A product of matrices is one.
    behind = tf.matMul(into, transitions, false, true);
    entered.push(into);
    after.push(behind);
  }
  const rows = (places - 1) * batch;
  const from = tf.reshape<tf.Rank.R2>(tf.slice(before, 0, places - 1), [rows, states]);
  const into = tf.reshape<tf.Rank.R2>(tf.stack(entered.reverse()), [rows, states]);
  return {
    words: tf.mul(before, tf.stack(after.reverse())),
    transitions: tf.mul(transitions, tf.matMul(from, into, true, false)),
  };
}
