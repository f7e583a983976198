import * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import type { Batch } from '../contract/batch.ts';
import { parseConfig } from '../contract/config-schema.ts';
import { crossEntropy, ignoredTarget } from '../ops/cross-entropy.ts';
import { type ContinuationInput, encodeContinuation } from '../tokenizer/encode-row.ts';
import { nextTokenScores } from './next-token-scores.ts';
import { requireRow, requireString } from './row-fields.ts';
import type { RowPlace } from './row-place.ts';
import type { EncodingContext, Example, Task } from './task.ts';
import { createVocabularyHead } from './vocabulary-head.ts';

/** A text, and optionally what it continues. */
export type ContinuationRow = ContinuationInput;

/** How likely the model takes a text to be. */
export interface ContinuationPrediction {
  /** Natural logarithms of the probability of each token of `text`, given those before it. */
  readonly logProbabilities: readonly number[];
  /** The most likely token in each of these places, as the tokenizer's vocabulary has it. */
  readonly mostLikely: readonly number[];
  /** The tokens of `text`, as far as they fit. */
  readonly tokens: readonly number[];
}

export interface CausalLanguageModelingOptions {
  /** What messages call the task. */
  readonly name?: string | undefined;
}

const optionsSchema = z.strictObject({ name: z.string().optional() });

/**
 * Predicts each token of a text from those before it, with the decoder's own vocabulary layer.
 *
 * The loss is the sum of the cross-entropies of the tokens of `text`; those of `prompt`, padding and
 * virtual tokens count for nothing. Scores the mean `logLikelihood` of a token, in nats, by which
 * checkpoints are compared, and the share of tokens that were the most likely one as `accuracy`.
 */
export function causalLanguageModeling(
  options: CausalLanguageModelingOptions = {},
): Task<ContinuationRow, ContinuationPrediction, null> {
  const kind = 'causal-language-modeling';
  const { name } = parseConfig(kind, optionsSchema, options);
  const encode = (row: unknown, place: number, context: EncodingContext): Example<null> => {
    const texts = readTexts(row, { index: place, task: name });
    return { row: encodeContinuation(texts, context), target: null };
  };
  return {
    kind,
    labels: [],
    primaryMetric: 'logLikelihood',
    options: name === undefined ? {} : { name },
    encode,
    encodeInput: encode,
    createHead: createVocabularyHead,
    loss: (logits, examples, batch) => {
      const [rows = 0, sequence = 0, vocabulary = 0] = logits.shape;
      const flat = tf.reshape<tf.Rank.R2>(logits, [rows * sequence, vocabulary]);
      return crossEntropy(flat, nextTokens(examples, batch));
    },
    condense: (logits, examples, batch) => nextTokenScores(logits, nextTokens(examples, batch)),
    decode: (scores, [, sequence = 0], examples) =>
      examples.map(({ row }, place) => {
        const { first, tokens } = countedTokens(row);
        const at = (index: number, part: number): number =>
          scores[(place * sequence + first + index - 1) * 2 + part] ?? 0;
        return {
          tokens,
          logProbabilities: tokens.map((_, index) => at(index, 0)),
          mostLikely: tokens.map((_, index) => at(index, 1)),
        };
      }),
    score(predictions) {
      const counted = predictions.flatMap(({ logProbabilities }) => logProbabilities);
      const hits = predictions.flatMap(({ tokens, mostLikely }) =>
        tokens.map((token, index): number => (token === mostLikely[index] ? 1 : 0)),
      );
      return { logLikelihood: mean(counted), accuracy: mean(hits) };
    },
  };
}

function readTexts(row: unknown, at: RowPlace): ContinuationRow {
  const raw = requireRow(row, at);
  const text = requireString(raw, 'text', at);
  return raw.prompt === undefined ? { text } : { prompt: requireString(raw, 'prompt', at), text };
}

/** `[batch * sequence]`: the token behind each position, where it counts. */
function nextTokens(examples: readonly Example[], { sequence, promptLength }: Batch): Int32Array {
  const real = sequence - promptLength;
  const targets = new Int32Array(examples.length * real).fill(ignoredTarget);
  for (const [place, { row }] of examples.entries()) {
    const { first, tokens } = countedTokens(row);
    targets.set(tokens, place * real + first - 1);
  }
  return targets;
}

/** The tokens that count, and the place of their first among the real ones; never the very first. */
function countedTokens(row: Example['row']) {
  const slots = new Set(row.slots);
  const real = row.inputIds.filter((_, position) => !slots.has(position));
  const first = Math.max(1, row.wordStarts?.[0] ?? 1);
  return { first, tokens: real.slice(first) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
