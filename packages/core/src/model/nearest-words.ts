import * as tf from '@tensorflow/tfjs';
import * as z from 'zod';
import type { Backbone } from '../backbone/backbone.ts';
import { parseConfig } from '../contract/config-schema.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import { disposePrompt, foldPrompt } from './folded-tuner.ts';
import type { TunedModel } from './tuned-model.ts';

/** A word of the vocabulary beside a virtual token. */
export interface NearWord {
  /** As the vocabulary writes it: with `##` or a mark of a space, where it has such. */
  readonly token: string;
  readonly id: number;
  /** The cosine in [-1, 1], larger for nearer ones, or the Euclidean distance. */
  readonly score: number;
}

export interface NearestWordsOptions {
  /** Words of each position. 5 if absent. */
  readonly count?: number;
  /** `cosine`, the default, or `euclidean`. */
  readonly metric?: 'cosine' | 'euclidean';
}

const subject = 'nearestWords';
const settings = z.strictObject({
  count: z.int().positive().default(5),
  metric: z.enum(['cosine', 'euclidean']).default('cosine'),
});
/** Words that are compared at once; bounds the memory, whatever the size of the vocabulary. */
const wordsPerBlock = 4096;

/**
 * Finds the words of the vocabulary whose embeddings are nearest to each virtual token of a trained
 * prompt, nearest first, one list for each position. Special, added and unused tokens are left out.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for options out of range, and for a model without virtual
 *   tokens: keys and values are no words.
 * @see Lester et al. (2021), arXiv:2104.08691, 7
 */
export async function nearestWords(
  model: TunedModel,
  options: NearestWordsOptions = {},
): Promise<NearWord[][]> {
  const { count, metric } = parseConfig(subject, settings, options);
  const { backbone, tuner } = model.parts;
  const prompt = foldPrompt(tuner);
  try {
    if (prompt.kind !== 'virtual-tokens') {
      throw invalidOption(subject, 'model', `Expected virtual tokens, got ${prompt.kind}.`);
    }
    const tokens = prompt.embeddings as tf.Tensor2D; // Folded prompts are shared by the batch.
    const ids = backbone.frequentTokens(backbone.geometry.vocabularySize);
    let best: NearWord[][] = Array.from({ length: tokens.shape[0] }, () => []);
    for (let start = 0; start < ids.length; start += wordsPerBlock) {
      const block = ids.slice(start, start + wordsPerBlock);
      const scores = await scoresOf(tokens, block, backbone, metric);
      best = best.map((words, position) => {
        const row = scores.subarray(position * block.length, (position + 1) * block.length);
        return nearestOf(words, block, row, { count, metric, backbone });
      });
    }
    return best;
  } finally {
    disposePrompt(prompt);
  }
}

/** `[positions, ids]`, row-major. */
async function scoresOf(
  tokens: tf.Tensor2D,
  ids: readonly number[],
  backbone: Backbone,
  metric: 'cosine' | 'euclidean',
): Promise<Float32Array> {
  const scores = tf.tidy(() => {
    const words = backbone.embeddingsOf(ids);
    return metric === 'cosine' ? cosines(tokens, words) : distances(tokens, words);
  });
  try {
    return await scores.data<'float32'>();
  } finally {
    scores.dispose();
  }
}

function cosines(tokens: tf.Tensor2D, words: tf.Tensor2D): tf.Tensor {
  const [ofTokens, ofWords] = [tokens, words].map((rows) => tf.norm(rows, 'euclidean', 1)) as [
    tf.Tensor1D,
    tf.Tensor1D,
  ];
  const norms = tf.mul(tf.expandDims(ofTokens, 1), ofWords);
  return tf.divNoNan(tf.matMul(tokens, words, false, true), norms);
}

/** Position by position: squares of products would cancel where a token is a word's own embedding. */
function distances(tokens: tf.Tensor2D, words: tf.Tensor2D): tf.Tensor {
  const rows = Array.from({ length: tokens.shape[0] }, (_, position) => {
    const token = tf.slice(tokens, [position, 0], [1, -1]);
    return tf.sqrt(tf.sum(tf.squaredDifference(words, token), 1));
  });
  return tf.stack(rows);
}

/** The nearest of those found before and of a block; of equals the one that comes first. */
function nearestOf(
  found: readonly NearWord[],
  ids: readonly number[],
  scores: Float32Array,
  { count, metric, backbone }: Required<NearestWordsOptions> & { readonly backbone: Backbone },
): NearWord[] {
  const sign = metric === 'cosine' ? -1 : 1;
  const worst = found.length < count ? Number.POSITIVE_INFINITY : sign * (found.at(-1)?.score ?? 0);
  const near = ids.flatMap((id, at) => {
    const score = scores[at] ?? Number.NaN;
    return sign * score < worst
      ? [{ id, score, token: backbone.tokenizer.idToToken(id) ?? '' }]
      : [];
  });
  return [...found, ...near].sort((a, b) => sign * (a.score - b.score)).slice(0, count);
}

/** Writes the words of each position on a line, as `3  good 0.71  fine 0.64`. */
export function formatNearestWords(positions: readonly (readonly NearWord[])[]): string {
  const width = String(positions.length - 1).length;
  return positions
    .map((words, position) => {
      const listed = words.map(({ token, score }) => `${token} ${score.toFixed(3)}`);
      return `${[String(position).padStart(width), ...listed].join('  ')}\n`;
    })
    .join('');
}
