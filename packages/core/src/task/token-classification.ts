import * as tf from '@tensorflow/tfjs';
import { crossEntropy, ignoredTarget } from '../ops/cross-entropy.ts';
import { encodeWords } from '../tokenizer/encode-row.ts';
import { lossOptions } from './classification-options.ts';
import { LabelIndex } from './label-index.ts';
import { requireRow, requireStrings } from './row-fields.ts';
import { invalidRow } from './row-place.ts';
import { schemeOf } from './scheme-of.ts';
import { scoreTags } from './score-tags.ts';
import { largest } from './softmax.ts';
import { createTagDecoder, type DecodeTags } from './tag-decoder.ts';
import type { Example, Task } from './task.ts';
import { createTokenHead } from './token-head.ts';
import { parseTokenOptions, type TokenClassificationOptions } from './token-options.ts';

/** A sentence split into words, with a tag for each. */
export interface TaggedRow<Label extends string = string> {
  readonly tokens: readonly string[];
  /** As many as `tokens`. */
  readonly tags: readonly Label[];
}

export interface TagPrediction<Label extends string = string> {
  /** One for each word of the row. */
  readonly tags: readonly Label[];
}

/**
 * Assigns one of `labels` to each word of a sentence, such as the tags of entities.
 *
 * Only the first token of a word counts, in the loss as in predictions. A word that was cut off or
 * has no token counts for nothing in the loss and is predicted as `O`, or as the first label where
 * there is no `O`.
 *
 * Scores entities, with `entityF1` as seqeval's default to compare checkpoints by, see
 * {@link scoreTags}.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` unless there are two labels or more, none empty, each
 *   once.
 */
export function tokenClassification<const Label extends string>(
  options: TokenClassificationOptions<Label>,
): Task<TaggedRow<Label>, TagPrediction<Label>, readonly number[]> {
  const kind = 'token-classification';
  const parsed = parseTokenOptions(options);
  const { labels, name } = parsed;
  const index = new LabelIndex(labels);
  const outside = Math.max(0, labels.indexOf('O'));
  const onlyOutside = labels.map((_, label) => (label === outside ? 0 : Number.NEGATIVE_INFINITY));
  const decodeTags = decoderFor(parsed);
  return {
    kind,
    labels,
    primaryMetric: 'entityF1',
    options: { ...parsed },
    encode(row, place, context) {
      const at = { index: place, task: name };
      const raw = requireRow(row, at);
      const tokens = requireStrings(raw, 'tokens', at);
      const tags = requireStrings(raw, 'tags', at);
      if (tags.length !== tokens.length) {
        throw invalidRow(at, `it has ${tokens.length} tokens, but ${tags.length} tags`);
      }
      const target = tags.map((tag) => index.placeOf(tag, at));
      return { row: encodeWords(tokens, context), target };
    },
    encodeInput(row, place, context) {
      const at = { index: place, task: name };
      const tokens = requireStrings(requireRow(row, at), 'tokens', at);
      return { row: encodeWords(tokens, context), target: null };
    },
    createHead: (context) => createTokenHead(context, labels.length),
    loss(logits, examples) {
      const [batch = 0, sequence = 0] = logits.shape;
      const flat = tf.reshape<tf.Rank.R2>(logits, [batch * sequence, labels.length]);
      return crossEntropy(flat, toTargets(examples, sequence), lossOptions(parsed));
    },
    decode(logits, [, sequence = 0], examples) {
      return examples.map(({ row }, place) => {
        const scores = (row.wordStarts ?? []).map((start) => {
          if (start < 0) return onlyOutside;
          const first = (place * sequence + start) * labels.length;
          return logits.subarray(first, first + labels.length);
        });
        return { tags: decodeTags(scores).map((tag) => labels[tag] as Label) }; // Places of the task's own labels.
      });
    },
    score(predictions, rows) {
      const predicted = predictions.map(({ tags }) => tags);
      const gold = rows.map(({ tags }) => tags);
      return scoreTags(predicted, gold, schemeOf(labels));
    },
  };
}

/** `[batch * sequence]`: the label of each word at its first token, and nothing elsewhere. */
function toTargets(examples: readonly Example<readonly number[]>[], sequence: number): Int32Array {
  const targets = new Int32Array(examples.length * sequence).fill(ignoredTarget);
  for (const [place, { row, target }] of examples.entries()) {
    for (const [word, start] of (row.wordStarts ?? []).entries()) {
      if (start >= 0) targets[place * sequence + start] = target[word] ?? ignoredTarget;
    }
  }
  return targets;
}

function decoderFor({ labels, decoding }: TokenClassificationOptions): DecodeTags {
  const scheme = decoding === 'constrained' ? schemeOf(labels) : null;
  return scheme ? createTagDecoder(labels, scheme) : (scores) => scores.map(largest);
}
