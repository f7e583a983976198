import * as tf from '@tensorflow/tfjs';
import { crfLoss } from '../../ops/crf-loss.ts';
import { lookup } from '../../ops/lookup.ts';
import { bestPath } from './best-path.ts';
import { createCrfHead } from './crf-head.ts';
import { addPathScores, type GappedScores, type PathScores } from './path-scores.ts';
import { type TagExample, type TagReadout, wordLogits } from './tag-readout.ts';

/**
 * Scores sentences as a whole, by a linear-chain CRF over the first tokens of their words.
 *
 * The loss is `-log p(tags)`, summed over sentences, and counts words: its mean is a word's, as that
 * of cross-entropy is, and as `reduction='token_mean'` is in pytorch-crf.
 *
 * @param constraints - Transitions that decoding forbids beside what was learnt; none if null.
 */
export function createCrfReadout(labels: number, constraints: GappedScores | null): TagReadout {
  return {
    createHead: (context) => createCrfHead(context, labels),
    loss(logits, examples) {
      const [batch = 0, rows = 0] = logits.shape;
      const words = examples.map(countedWords);
      const longest = Math.max(0, ...words.map(({ starts }) => starts.length));
      // Nothing to learn from, but what is asked for a gradient must have one.
      if (longest === 0) return { sum: tf.mul(tf.sum(logits), 0), count: 0 };
      const places = Int32Array.from({ length: longest * batch }, (_, index) => {
        const row = index % batch;
        return row * rows + (words[row]?.starts[Math.floor(index / batch)] ?? 0);
      });
      const flat = tf.reshape<tf.Rank.R2>(logits, [batch * rows, labels]);
      const own = tf.reshape<tf.Rank.R3>(lookup(flat, places, true), [longest, batch, labels]);
      const sum = crfLoss(
        { emissions: own, ...scoresBehind(logits, labels) },
        words.map(({ tags }) => tags),
      );
      return { sum, count: words.reduce((count, { tags }) => count + tags.length, 0) };
    },
    decode(logits, rows, wordStarts) {
      const learnt = readScores(logits.subarray((rows - labels - 2) * labels), labels);
      const both = (forbidding: PathScores | undefined): PathScores =>
        forbidding ? addPathScores(learnt, forbidding) : learnt;
      const scores = { adjacent: both(constraints?.adjacent), gapped: both(constraints?.gapped) };
      return bestPath(wordLogits(logits, wordStarts, labels), scores);
    },
  };
}

/** The words of a row that have a token, with their tags. */
function countedWords({ row, target }: TagExample): { starts: number[]; tags: number[] } {
  const words = [...(row.wordStarts ?? []).entries()].filter(([, start]) => start >= 0);
  return {
    starts: words.map(([, start]) => start),
    tags: words.map(([word]) => target[word] ?? 0),
  };
}

/** The scores that stand behind the tokens of the first row. */
function scoresBehind(logits: tf.Tensor, labels: number) {
  const tokens = (logits.shape[1] ?? 0) - labels - 2;
  const rows = tf.reshape<tf.Rank.R2>(tf.slice(logits, [0, tokens, 0], [1, labels + 2, labels]), [
    labels + 2,
    labels,
  ]);
  const [transitions, start, end] = tf.split(rows, [labels, 1, 1]) as tf.Tensor2D[];
  if (!transitions || !start || !end) throw new RangeError('There must be three parts.');
  return {
    transitions,
    start: tf.reshape<tf.Rank.R1>(start, [labels]),
    end: tf.reshape<tf.Rank.R1>(end, [labels]),
  };
}

/** The same in numbers, of what is stored behind the tokens of a row. */
function readScores(rows: Float32Array, labels: number): PathScores {
  const row = (index: number): number[] =>
    Array.from(rows.subarray(index * labels, (index + 1) * labels));
  const from = Array.from({ length: labels }, (_, label) => row(label));
  return {
    start: row(labels),
    end: row(labels + 1),
    into: from.map((_, label) => from.map((scores) => scores[label] ?? 0)),
  };
}
