import type { Tensor2D } from '@tensorflow/tfjs';
import * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import { binaryCrossEntropy } from '../ops/binary-cross-entropy.ts';
import type { TextInput } from '../tokenizer/encode-row.ts';
import { LabelIndex } from './label-index.ts';
import { labelSetScores } from './metrics/label-set-scores.ts';
import { requireRow, requireStrings } from './row-fields.ts';
import { createSequenceHead } from './sequence-head.ts';
import type { Task } from './task.ts';
import { type TaskOptions, taskOptionsSchema } from './task-options.ts';
import { textEncoding } from './text-encoding.ts';

/** A text, or a pair of texts, with any number of labels. */
export interface LabelSetRow<Label extends string = string> extends TextInput {
  readonly labels: readonly Label[];
}

export interface LabelSetPrediction<Label extends string = string> {
  /** Those whose probability reaches their threshold, in the order of the task. */
  readonly labels: readonly Label[];
  /** Probability of each label, whatever the others have. */
  readonly scores: Readonly<Record<Label, number>>;
}

export interface MultiLabelOptions<Label extends string = string> extends TaskOptions<Label> {
  /** The probability from which a label is given: one for all, or by label. 0.5 where absent. */
  readonly thresholds?: number | Readonly<Partial<Record<Label, number>>> | undefined;
  /** Marks the options in files, as `problem_type` does in Transformers. */
  readonly problemType?: 'multi_label_classification' | undefined;
}

const threshold = z.number().min(0).max(1);
const problemType = 'multi_label_classification';

const optionsSchema = taskOptionsSchema
  .extend({
    thresholds: z.union([threshold, z.record(z.string(), threshold)]).optional(),
    problemType: z.literal(problemType).optional(),
  })
  .superRefine(({ labels, thresholds }, context) => {
    const named = typeof thresholds === 'object' ? Object.keys(thresholds) : [];
    for (const label of named.filter((name) => !labels.includes(name))) {
      const message = `The task has no label "${label}".`;
      context.addIssue({ code: 'custom', message, path: ['thresholds', label] });
    }
  });

/**
 * Assigns any number of `labels` to a text or a pair of texts: each has a probability of its own
 * (`problem_type: 'multi_label_classification'` in Transformers). The loss is the mean binary
 * cross-entropy of all labels.
 *
 * Scores `microF1`, by which checkpoints are compared, `macroF1`, and `accuracy`: the share of rows
 * all of whose labels are right.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` unless there are two labels or more, none empty, each
 *   once, and thresholds are within [0, 1] and of labels.
 */
export function multiLabelClassification<const Label extends string>(
  options: MultiLabelOptions<Label>,
): Task<LabelSetRow<Label>, LabelSetPrediction<Label>, readonly number[]> {
  const kind = 'sequence-classification';
  const parsed = parseConfig('multi-label-classification', optionsSchema, options);
  const { labels, name, thresholds = 0.5 } = parsed;
  const index = new LabelIndex(labels);
  const limits = labels.map((label) =>
    typeof thresholds === 'number' ? thresholds : (thresholds[label] ?? 0.5),
  );
  return {
    kind,
    labels,
    primaryMetric: 'microF1',
    options: { ...parsed, problemType },
    ...textEncoding(name, (row, at): readonly number[] =>
      requireStrings(requireRow(row, at), 'labels', at).map((label) => index.placeOf(label, at)),
    ),
    createHead: (context) => createSequenceHead(context, labels.length),
    loss(logits, examples) {
      const targets = new Float32Array(examples.length * labels.length);
      for (const [row, { target }] of examples.entries()) {
        for (const label of target) targets[row * labels.length + label] = 1;
      }
      return binaryCrossEntropy(logits as Tensor2D, targets); // `[batch, labels]`, as the head makes them.
    },
    decode: (logits, _shape, examples) =>
      examples.map((_, row) => {
        const probabilities = labels.map((_, label) =>
          sigmoid(logits[row * labels.length + label]),
        );
        const chosen = labels.filter(
          (_, label) => (probabilities[label] ?? 0) >= (limits[label] ?? 1),
        );
        const scores = Object.fromEntries(labels.map((label, at) => [label, probabilities[at]]));
        return {
          labels: chosen as Label[], // Of the options.
          scores: scores as Record<Label, number>, // One for each label.
        };
      }),
    score: (predictions, rows) =>
      labelSetScores(
        predictions.map((prediction) => prediction.labels),
        rows.map((row) => row.labels),
        labels,
      ),
  };
}

function sigmoid(logit = Number.NaN): number {
  return 1 / (1 + Math.exp(-logit));
}
