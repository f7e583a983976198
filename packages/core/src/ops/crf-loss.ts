import * as tf from '@tensorflow/tfjs';
import { chainMarginals, chainPotentials, type ShiftedScores, sumForward } from './chain-sums.ts';
import { lastUse } from './last-use.ts';

/** Scores of a linear-chain CRF. */
export interface CrfScores {
  /** `[words, batch, labels]`: of each label at each word; what stands behind a row's words counts for nothing. */
  readonly emissions: tf.Tensor3D;
  /** `[labels, labels]`: of going from the label of the row to that of the column. */
  readonly transitions: tf.Tensor2D;
  /** `[labels]`: of starting with a label. */
  readonly start: tf.Tensor1D;
  /** `[labels]`: of ending with a label. */
  readonly end: tf.Tensor1D;
}

/**
 * `-Σ log p(tags)` over rows, where `p` is `exp(score)` over its sum for all sequences of labels, and the
 * score of tags `y` is `start[y₁] + Σ emissions[t, yₜ] + Σ transitions[yₜ₋₁, yₜ] + end[yₙ]`.
 *
 * The sum is found by the forward algorithm, in probabilities that are scaled at each word; the gradient, by
 * the backward algorithm: expected counts less those of the tags. About six kernels a word, whatever the batch.
 * Finite for any finite scores.
 *
 * @param tags - Labels of each row's words; a row of none adds nothing.
 * @throws RangeError if a tag is no label, or a row has more than there are words.
 * @see Lafferty, McCallum and Pereira (2001); Rabiner (1989), V.A, for the scaling
 */
export function crfLoss(scores: CrfScores, tags: readonly (readonly number[])[]): tf.Scalar {
  const [words, batch, labels] = scores.emissions.shape;
  assertTags(tags, scores.emissions.shape);
  if (words === 0) return tf.scalar(0);
  const op = tf.customGrad((...inputs) => {
    const save = inputs.pop() as unknown as tf.GradSaveFunc; // TF.js types all arguments as tensors.
    const shifted = shift(inputs as [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D]); // As given below.
    const potentials = chainPotentials(
      shifted,
      tags.map(({ length }) => length),
    );
    const sums = sumForward(potentials);
    save([potentials.words, potentials.transitions, sums.before, sums.scales]);
    const value = tf.sub(tf.sum(tf.log(sums.scales)), pathScore(shifted, tags));
    return { value, gradFunc };
  });
  const gradFunc = lastUse((dy, saved) => {
    const [potentials, transitions, before, scales] = saved as [
      tf.Tensor3D,
      tf.Tensor2D,
      tf.Tensor3D,
      tf.Tensor3D,
    ]; // As saved above.
    const expected = chainMarginals(potentials, transitions, { before, scales });
    const ofWords = tf.slice(expected.words, 0, [words, batch, labels]);
    const counted = countTags(tags, [words, batch, labels]);
    const starts = tf.sum(tf.slice(ofWords, 0, [1, batch, labels]), [0, 1]);
    const [onward, ends] = tf.split(
      tf.slice(expected.transitions, 0, [labels, labels + 1]),
      [labels, 1],
      1,
    ) as [tf.Tensor2D, tf.Tensor2D]; // As many as sizes.
    return [
      tf.mul(dy, tf.sub(ofWords, counted.emissions)),
      tf.mul(dy, tf.sub(onward, counted.transitions)),
      tf.mul(dy, tf.sub(starts, counted.start)),
      tf.mul(dy, tf.sub(tf.reshape(ends, [labels]), counted.end)),
    ];
  });
  const { emissions, transitions, start, end } = scores;
  return op(emissions, transitions, start, end) as tf.Scalar;
}

/** Takes off what tags and all other paths have alike, so that no exponential overflows. */
function shift([emissions, transitions, start, end]: [
  tf.Tensor3D,
  tf.Tensor2D,
  tf.Tensor1D,
  tf.Tensor1D,
]): ShiftedScores {
  const onward = tf.maximum(tf.max(transitions), tf.max(end));
  return {
    emissions: tf.sub(emissions, tf.max(emissions, 2, true)),
    transitions: tf.sub(transitions, onward),
    start: tf.sub(start, tf.max(start)),
    end: tf.sub(end, onward),
  };
}

function pathScore(shifted: ShiftedScores, tags: readonly (readonly number[])[]): tf.Tensor {
  const counted = countTags(tags, shifted.emissions.shape);
  return tf.addN([
    tf.sum(tf.mul(shifted.emissions, counted.emissions)),
    tf.sum(tf.mul(shifted.transitions, counted.transitions)),
    tf.sum(tf.mul(shifted.start, counted.start)),
    tf.sum(tf.mul(shifted.end, counted.end)),
  ]);
}

/** How often the tags have each score. */
function countTags(
  tags: readonly (readonly number[])[],
  [words, batch, labels]: readonly [number, number, number],
): ShiftedScores {
  const emissions = new Float32Array(words * batch * labels);
  const transitions = new Float32Array(labels * labels);
  const [start, end] = [new Float32Array(labels), new Float32Array(labels)];
  const count = (counts: Float32Array, place: number): void => {
    counts[place] = (counts[place] ?? 0) + 1;
  };
  for (const [row, path] of tags.entries()) {
    for (const [word, tag] of path.entries()) {
      count(emissions, (word * batch + row) * labels + tag);
      if (word === 0) count(start, tag);
      else count(transitions, (path[word - 1] ?? 0) * labels + tag);
      if (word === path.length - 1) count(end, tag);
    }
  }
  return {
    emissions: tf.tensor3d(emissions, [words, batch, labels]),
    transitions: tf.tensor2d(transitions, [labels, labels]),
    start: tf.tensor1d(start),
    end: tf.tensor1d(end),
  };
}

function assertTags(
  tags: readonly (readonly number[])[],
  [words, batch, labels]: readonly [number, number, number],
): void {
  if (tags.length !== batch) {
    throw new RangeError(`There must be tags for each of ${batch} rows. Got ${tags.length}.`);
  }
  for (const [row, path] of tags.entries()) {
    const wrong = path.find((tag) => !(Number.isInteger(tag) && tag >= 0 && tag < labels));
    if (wrong !== undefined) {
      throw new RangeError(`Tag ${wrong} of row ${row} is not one of ${labels} labels.`);
    }
    if (path.length > words) {
      throw new RangeError(`Row ${row} has ${path.length} tags for ${words} words.`);
    }
  }
}
