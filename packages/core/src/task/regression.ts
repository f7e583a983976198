import * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import type { TextInput } from '../tokenizer/encode-row.ts';
import { pearsonCorrelation, spearmanCorrelation } from './metrics/correlation.ts';
import { requireNumber, requireRow } from './row-fields.ts';
import { createSequenceHead } from './sequence-head.ts';
import type { Task } from './task.ts';
import { textEncoding } from './text-encoding.ts';

/** A text, or a pair of texts, with a number. */
export interface ValueRow extends TextInput {
  readonly value: number;
}

export interface ValuePrediction {
  readonly value: number;
}

export interface RegressionOptions {
  /** What messages call the task. */
  readonly name?: string | undefined;
  /** Marks the options in files, as `problem_type` does in Transformers. */
  readonly problemType?: 'regression' | undefined;
}

const optionsSchema = z.strictObject({
  name: z.string().optional(),
  problemType: z.literal('regression').optional(),
});

/**
 * Predicts a number for a text or a pair of texts, with a sequence head of one output
 * (`problem_type: 'regression'` in Transformers). The loss is the mean squared error.
 *
 * Scores the correlations `pearson`, by which checkpoints are compared, and `spearman`, and
 * `meanSquaredError` in the square of the values' unit.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for unknown options.
 */
export function regression(
  options: RegressionOptions = {},
): Task<ValueRow, ValuePrediction, number> {
  const kind = 'sequence-classification';
  const { name } = parseConfig('regression', optionsSchema, options);
  const problemType = 'regression';
  return {
    kind,
    labels: [],
    primaryMetric: 'pearson',
    options: name === undefined ? { problemType } : { problemType, name },
    ...textEncoding(name, (row, at) => requireNumber(requireRow(row, at), 'value', at)),
    createHead: (context) => createSequenceHead(context, 1),
    loss(logits, examples) {
      const targets = tf.tensor2d(
        examples.map(({ target }) => target),
        [examples.length, 1],
      );
      const sum = tf.sum<tf.Scalar>(tf.squaredDifference(logits, targets));
      return { sum, count: examples.length };
    },
    decode: (logits, _shape, examples) =>
      examples.map((_, row) => ({ value: logits[row] ?? Number.NaN })),
    score(predictions, rows) {
      const predicted = predictions.map(({ value }) => value);
      const gold = rows.map(({ value }) => value);
      const errors = predicted.map((value, row) => (value - (gold[row] ?? Number.NaN)) ** 2);
      return {
        pearson: pearsonCorrelation(predicted, gold),
        spearman: spearmanCorrelation(predicted, gold),
        meanSquaredError:
          errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length),
      };
    },
  };
}
