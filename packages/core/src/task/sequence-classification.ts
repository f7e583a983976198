import type { Tensor2D } from '@tensorflow/tfjs';
import { crossEntropy } from '../ops/cross-entropy.ts';
import type { TextInput } from '../tokenizer/encode-row.ts';
import {
  type ClassificationOptions,
  lossOptions,
  parseClassificationOptions,
} from './classification-options.ts';
import { LabelIndex } from './label-index.ts';
import { accuracy } from './metrics/accuracy.ts';
import { macroF1 } from './metrics/macro-f1.ts';
import { matthewsCorrelation } from './metrics/matthews-correlation.ts';
import { requireRow, requireString } from './row-fields.ts';
import { createSequenceHead } from './sequence-head.ts';
import { largest, softmax } from './softmax.ts';
import type { Task } from './task.ts';
import { textEncoding } from './text-encoding.ts';

/** A text, or a pair of texts, with its class. */
export interface TextRow<Label extends string = string> extends TextInput {
  readonly label: Label;
}

export interface ClassPrediction<Label extends string = string> {
  /** The class of the highest score. */
  readonly label: Label;
  /** Its place among the task's labels. */
  readonly index: number;
  /** Probability of each class; they add up to 1. */
  readonly scores: Readonly<Record<Label, number>>;
}

/**
 * Assigns one of `labels` to a text or a pair of texts.
 *
 * Scores `accuracy`, by which checkpoints are compared, `macroF1` and `matthewsCorrelation`.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` unless there are two labels or more, none empty, each
 *   once, or for weights that are not positive or of no label.
 */
export function sequenceClassification<const Label extends string>(
  options: ClassificationOptions<Label>,
): Task<TextRow<Label>, ClassPrediction<Label>, number> {
  const kind = 'sequence-classification';
  const parsed = parseClassificationOptions(kind, options);
  const { labels, name } = parsed;
  const index = new LabelIndex(labels);
  return {
    kind,
    labels,
    primaryMetric: 'accuracy',
    options: { ...parsed },
    ...textEncoding(name, (row, at) =>
      index.placeOf(requireString(requireRow(row, at), 'label', at), at),
    ),
    createHead: (context) => createSequenceHead(context, labels.length),
    loss: (logits, examples) =>
      crossEntropy(
        logits as Tensor2D, // `[batch, labels]`, as the head makes them.
        Int32Array.from(examples, ({ target }) => target),
        lossOptions(parsed),
      ),
    decode: (logits, _shape, examples) =>
      examples.map((_, row) => {
        const start = row * labels.length;
        // The labels were checked, but are those of the options.
        return toPrediction(logits.subarray(start, start + labels.length), labels as Label[]);
      }),
    score(predictions, rows) {
      const predicted = predictions.map(({ label }) => label);
      const gold = rows.map(({ label }) => label);
      return {
        accuracy: accuracy(predicted, gold),
        macroF1: macroF1(predicted, gold),
        matthewsCorrelation: matthewsCorrelation(predicted, gold),
      };
    },
  };
}

function toPrediction<Label extends string>(
  logits: Float32Array,
  labels: readonly Label[],
): ClassPrediction<Label> {
  const probabilities = softmax(logits);
  const index = largest(logits);
  const scores = Object.fromEntries(labels.map((label, at) => [label, probabilities[at]]));
  return {
    label: labels[index] as Label, // There are as many logits as labels.
    index,
    scores: scores as Record<Label, number>, // One for each label.
  };
}
