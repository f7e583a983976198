import * as tf from '@tensorflow/tfjs';
import { crossEntropy, ignoredTarget } from '../../ops/cross-entropy.ts';
import { lossOptions } from '../classification-options.ts';
import { largest } from '../softmax.ts';
import { createTokenHead } from '../token-head.ts';
import type { TokenClassificationOptions } from '../token-options.ts';
import { bestPath } from './best-path.ts';
import type { GappedScores } from './path-scores.ts';
import { type TagExample, type TagReadout, wordLogits } from './tag-readout.ts';

/**
 * Scores each word for itself, by cross-entropy.
 *
 * @param constraints - What decoding holds sentences to; each word gets its best label if null.
 */
export function createWordReadout(
  options: TokenClassificationOptions,
  constraints: GappedScores | null,
): TagReadout {
  const labels = options.labels.length;
  return {
    createHead: (context) => createTokenHead(context, labels),
    loss(logits, examples) {
      const [batch = 0, sequence = 0] = logits.shape;
      const flat = tf.reshape<tf.Rank.R2>(logits, [batch * sequence, labels]);
      return crossEntropy(flat, toTargets(examples, sequence), lossOptions(options));
    },
    decode(logits, _rows, wordStarts) {
      const words = wordLogits(logits, wordStarts, labels);
      if (constraints) return bestPath(words, constraints);
      return words.map((word) => word && largest(word));
    },
  };
}

/** `[batch * sequence]`: the label of each word at its first token, and nothing elsewhere. */
function toTargets(examples: readonly TagExample[], sequence: number): Int32Array {
  const targets = new Int32Array(examples.length * sequence).fill(ignoredTarget);
  for (const [place, { row, target }] of examples.entries()) {
    for (const [word, start] of (row.wordStarts ?? []).entries()) {
      if (start >= 0) targets[place * sequence + start] = target[word] ?? ignoredTarget;
    }
  }
  return targets;
}
