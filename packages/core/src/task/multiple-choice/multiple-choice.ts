import type { Tensor2D } from '@tensorflow/tfjs';
import * as z from 'zod';
import { parseConfig } from '../../contract/config-schema.ts';
import { encodeText } from '../../tokenizer/encode-row.ts';
import type { EncodedRow } from '../../tokenizer/encoded-row.ts';
import { accuracy } from '../metrics/accuracy.ts';
import { createSequenceHead } from '../sequence-head.ts';
import { sequencesOf } from '../sequences-of.ts';
import { largest, softmax } from '../softmax.ts';
import type { EncodingContext, Example, Task } from '../task.ts';
import { choiceLoss } from './choice-loss.ts';
import type { ChoiceRow } from './choice-row.ts';
import { type ChoiceTexts, readChoices, readChosen } from './read-choices.ts';

export interface ChoicePrediction {
  /** Place of the choice with the highest score. */
  readonly label: number;
  /** The choice itself. */
  readonly choice: string;
  /** Probability of each choice, in their order; they add up to 1. */
  readonly scores: readonly number[];
}

export interface MultipleChoiceOptions {
  /** What messages call the task. */
  readonly name?: string | undefined;
  /** Share of each target that is spread evenly over the row's choices, in [0, 1). 0 if absent. */
  readonly labelSmoothing?: number | undefined;
}

const optionsSchema = z.strictObject({
  name: z.string().optional(),
  labelSmoothing: z.number().min(0).lt(1).optional(),
});

/**
 * Chooses one of several texts: how a text goes on, what answers a question about it, what caused it.
 *
 * Each choice makes a sequence, a pair of the row's text and the choice, with the row's `textPair`
 * in front of the choice where there is one. A head of one output scores each sequence by its real
 * summary token, never by a virtual one, and the softmax runs over the choices of a row. The loss is
 * its cross-entropy, as in Transformers' models for multiple choice. Scores `accuracy`.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for options out of range.
 * @see Zellers et al. (2018), arXiv:1808.05326, for such data
 */
export function multipleChoice(
  options: MultipleChoiceOptions = {},
): Task<ChoiceRow, ChoicePrediction, number> {
  const kind = 'multiple-choice';
  const { name, labelSmoothing } = parseConfig(kind, optionsSchema, options);
  return {
    kind,
    labels: [],
    primaryMetric: 'accuracy',
    options: {
      ...(name === undefined ? {} : { name }),
      ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    },
    encode(row, index, context) {
      const at = { index, task: name };
      const texts = readChoices(row, at);
      return toExample(texts, readChosen(row, texts, at), context);
    },
    encodeInput: (row, index, context) =>
      toExample(readChoices(row, { index, task: name }), null, context),
    createHead: (context) => createSequenceHead(context, 1),
    // `[choices, 1]`, as the head makes them.
    loss: (logits, examples) => choiceLoss(logits as Tensor2D, examples, labelSmoothing ?? 0),
    decode(logits, _shape, examples) {
      let next = 0;
      return examples.map((example) => {
        const sequences = sequencesOf(example);
        const start = next;
        next += sequences.length;
        return toPrediction(logits.subarray(start, next), sequences);
      });
    },
    score: (predictions, rows) => ({
      accuracy: accuracy(
        predictions.map(({ label }) => label),
        rows.map(({ label }) => label),
      ),
    }),
  };
}

function toExample<Target>(
  { text, textPair = '', choices }: ChoiceTexts,
  target: Target,
  context: EncodingContext,
): Example<Target> {
  const [row, ...alternatives] = choices.map((choice): EncodedRow => {
    const second = textPair === '' ? choice : `${textPair} ${choice}`;
    return { ...encodeText({ text, textPair: second }, context), choice };
  });
  if (!row) throw new RangeError('A row has two choices or more.');
  return { row, alternatives, target };
}

function toPrediction(logits: Float32Array, sequences: readonly EncodedRow[]): ChoicePrediction {
  const label = largest(logits);
  return { label, choice: sequences[label]?.choice ?? '', scores: softmax(logits) };
}
