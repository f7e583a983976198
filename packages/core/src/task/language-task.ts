import * as tf from '@tensorflow/tfjs';
import type { TaskKind } from '../contract/method.ts';
import { crossEntropy, ignoredTarget } from '../ops/cross-entropy.ts';
import type { EncodedRow } from '../tokenizer/encoded-row.ts';
import { nextTokenScores } from './next-token-scores.ts';
import type { EncodingContext, Example, Task } from './task.ts';
import { createVocabularyHead } from './vocabulary-head.ts';

/** How likely the model takes a text to be. */
export interface TextPrediction {
  /** Natural logarithm of the probability of the whole text: the sum of `logProbabilities`. */
  readonly logProbability: number;
  /** Natural logarithms of the probability of each token of the text, given those before it. */
  readonly logProbabilities: readonly number[];
  /** The most likely token in each of these places, as the tokenizer's vocabulary has it. */
  readonly mostLikely: readonly number[];
  /** The tokens of the text, as far as they fit. */
  readonly tokens: readonly number[];
}

/** The tokens of a row that count. */
export interface CountedTokens {
  readonly tokens: readonly number[];
  /** The position of the logits that predict the first of them; the others follow. */
  readonly start: number;
}

interface LanguageTaskParts<Row> {
  readonly kind: TaskKind;
  /** What messages call the task. */
  readonly name: string | undefined;
  encode(row: Row, index: number, context: EncodingContext): EncodedRow;
  counted(row: EncodedRow): CountedTokens;
}

/**
 * A task that predicts tokens with the pretrained model's own vocabulary layer.
 *
 * The loss is the sum of the cross-entropies of the tokens that count. Scores the mean
 * `logLikelihood` of a token, in nats, and the share of tokens that were the most likely one as
 * `accuracy`.
 */
export function createLanguageTask<Row>({
  kind,
  name,
  counted,
  ...parts
}: LanguageTaskParts<Row>): Task<Row, TextPrediction, null> {
  const encode = (row: Row, index: number, context: EncodingContext): Example<null> => ({
    row: parts.encode(row, index, context),
    target: null,
  });
  const targetsFor = ({ shape: [, sequence = 0] }: tf.Tensor, examples: readonly Example[]) => {
    const targets = new Int32Array(examples.length * sequence).fill(ignoredTarget);
    for (const [place, { row }] of examples.entries()) {
      const { start, tokens } = counted(row);
      targets.set(tokens, place * sequence + start);
    }
    return targets;
  };
  return {
    kind,
    labels: [],
    primaryMetric: 'logLikelihood',
    options: name === undefined ? {} : { name },
    encode,
    encodeInput: encode,
    createHead: createVocabularyHead,
    loss: (logits, examples) => {
      const [rows = 0, sequence = 0, vocabulary = 0] = logits.shape;
      const flat = tf.reshape<tf.Rank.R2>(logits, [rows * sequence, vocabulary]);
      return crossEntropy(flat, targetsFor(logits, examples));
    },
    condense: (logits, examples) => nextTokenScores(logits, targetsFor(logits, examples)),
    decode: (scores, [, sequence = 0], examples) =>
      examples.map(({ row }, place) => {
        const { start, tokens } = counted(row);
        const at = (index: number, part: number): number =>
          scores[(place * sequence + start + index) * 2 + part] ?? 0;
        const logProbabilities = tokens.map((_, index) => at(index, 0));
        const mostLikely = tokens.map((_, index) => at(index, 1));
        return { tokens, logProbability: sum(logProbabilities), logProbabilities, mostLikely };
      }),
    score,
  };
}

function score(predictions: readonly TextPrediction[]) {
  const counted = predictions.flatMap(({ logProbabilities }) => logProbabilities);
  const hits = predictions.flatMap(({ tokens, mostLikely }) =>
    tokens.map((token, index): number => (token === mostLikely[index] ? 1 : 0)),
  );
  return { logLikelihood: sum(counted) / counted.length, accuracy: sum(hits) / hits.length };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
