import * as tf from '@tensorflow/tfjs';
import { parseConfig } from '../../contract/config-schema.ts';
import { encodeText, type TextInput } from '../../tokenizer/encode-row.ts';
import { MaskPattern, requireVocabulary } from '../mask-pattern.ts';
import { requireRow, requireString } from '../row-fields.ts';
import { invalidRow, type RowPlace } from '../row-place.ts';
import type { EncodingContext, Example, Scores, Task } from '../task.ts';
import { readTexts } from '../text-fields.ts';
import { isMaskSpaced } from '../word-tokens.ts';
import { createCandidateHead } from './candidate-head.ts';
import { rankCandidates, readRanks } from './candidate-ranks.ts';
import { Candidates } from './candidates.ts';
import { type ClozeOptions, clozeSchema } from './options.ts';

/** A text, such as the subject of a fact, and the word that belongs into the gap. */
export interface ClozeRow extends TextInput {
  readonly object: string;
}

/** A candidate and the natural logarithm of its probability. */
export interface RatedWord {
  readonly word: string;
  readonly logProbability: number;
}

export interface ClozePrediction {
  /** The likeliest candidate. */
  readonly word: string;
  /** The likeliest candidates, best first. */
  readonly top: readonly RatedWord[];
  /** Place of the row's object among the candidates, from 1; null where no object was looked at. */
  readonly rank: number | null;
  /** The natural logarithm of the object's probability; null where no object was looked at. */
  readonly logProbability: number | null;
}

/**
 * Fills a gap in a text with one of many words, as the pretrained model does: an encoder's masked
 * word, or a decoder's next one. This is how LAMA asks a model for facts.
 *
 * The loss is the mean cross-entropy of the rows' objects. Scores `precisionAt1`, by which checkpoints
 * are compared, the precision at each other rank asked for, such as `precisionAt10`, and
 * `meanReciprocalRank`; all are among the candidates.
 *
 * @throws {@link PtlError} `CONFIG_INVALID`, or `TEMPLATE_INVALID` for the template.
 * @see Petroni et al. (2019), arXiv:1909.01066; Liu et al. (2021), arXiv:2103.10385, 4.1
 */
export function cloze(options: ClozeOptions): Task<ClozeRow, ClozePrediction, number> {
  const parsed = parseConfig('cloze', clozeSchema, options);
  const { name, loss, top, precisionAt } = parsed;
  const words = parsed.candidates;
  const pattern = new MaskPattern('cloze', parsed.template);
  const candidates = new Candidates(words);
  const encode = (row: unknown, at: RowPlace, context: EncodingContext) =>
    encodeText(readTexts(row, at), pattern.around(context));
  return {
    kind: 'sequence-classification',
    labels: [],
    readout: 'vocabulary',
    primaryMetric: 'precisionAt1',
    options: JSON.parse(JSON.stringify(parsed)), // Plain data, without what is undefined.
    encode(row, index, context) {
      const at = { index, task: name };
      const object = requireString(requireRow(row, at), 'object', at);
      const isSpaced = isMaskSpaced(pattern.partsIn(context.layout));
      const place = candidates.in(context.tokenizer, isSpaced).placeOf(object);
      if (typeof place === 'string') throw invalidRow(at, `its "object", "${object}", is ${place}`);
      return { row: encode(row, at, context), target: place };
    },
    encodeInput: (row, index, context) => ({
      row: encode(row, { index, task: name }, context),
      target: null,
    }),
    createHead(context) {
      const { vocabulary, tokenizer } = requireVocabulary(context, 'cloze');
      const isSpaced = isMaskSpaced(pattern.partsIn(context.layout ?? { kind: 'none' }));
      return createCandidateHead(vocabulary, candidates.in(tokenizer, isSpaced).ids, loss);
    },
    loss(logits, examples) {
      const targets = tf.tensor1d(targetsOf(examples), 'int32');
      const own = tf.mul(logits, tf.oneHot(targets, words.length));
      return { sum: tf.neg(tf.sum<tf.Scalar>(own)), count: examples.length };
    },
    condense: (logits, examples) =>
      // `[batch, candidates]`, as the head makes them.
      rankCandidates(logits as tf.Tensor2D, targetsOf(examples), top),
    decode: (kept, [, width = 0], examples) =>
      examples.map(({ target }, row) => {
        const own = kept.subarray(row * width, (row + 1) * width);
        const { top: best, ...rest } = readRanks(own, target !== null);
        const rated = best.map(({ place, logProbability }) => ({
          word: words[place] ?? '',
          logProbability,
        }));
        return { word: rated[0]?.word ?? '', top: rated, ...rest };
      }),
    score: (predictions) => scoreRanks(predictions, precisionAt),
  };
}

/** Negative where an example has no object. */
function targetsOf(examples: readonly Example[]): Int32Array {
  return Int32Array.from(examples, ({ target }) => (typeof target === 'number' ? target : -1));
}

function scoreRanks(
  predictions: readonly ClozePrediction[],
  precisionAt: readonly number[],
): Scores {
  const mean = (gainOf: (rank: number) => number): number =>
    predictions.reduce((sum, { rank }) => sum + (rank === null ? 0 : gainOf(rank)), 0) /
    predictions.length;
  const precisions = [1, ...precisionAt].map((limit): [string, number] => [
    `precisionAt${limit}`,
    mean((rank) => (rank <= limit ? 1 : 0)),
  ]);
  return { ...Object.fromEntries(precisions), meanReciprocalRank: mean((rank) => 1 / rank) };
}
