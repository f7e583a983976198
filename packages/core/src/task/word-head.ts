import * as tf from '@tensorflow/tfjs';
import type { VariableStore } from '../contract/variable-store.ts';
import { linear } from '../ops/linear.ts';
import type { VocabularyLayer } from './head.ts';
import { type LabelToken, maskCount } from './label-words.ts';
import type { TaskHead } from './task.ts';

interface WordHeadOptions {
  readonly vocabulary: VocabularyLayer;
  readonly tokens: readonly LabelToken[];
  readonly labels: number;
}

/**
 * A head that trains nothing: the score of a label is the mean of the logarithms of its words'
 * probabilities at the marked tokens.
 */
export function createWordHead({ vocabulary, tokens, labels }: WordHeadOptions): TaskHead {
  const ids = Int32Array.from(tokens, ({ id }) => id);
  const masks = maskCount(tokens);
  return {
    reads: 'marked',
    logits(hidden, _dropout, trained) {
      const [batch] = hidden.shape;
      const features = vocabulary.features(markedRows(hidden), trained);
      const chosen = linear(features, vocabulary.words(ids, trained));
      const all = tf.logSumExp(vocabulary.scores(features, trained), 1, true);
      const logProbabilities = tf.reshape(tf.sub(chosen, all), [batch, masks * ids.length]);
      return tf.matMul(logProbabilities as tf.Tensor2D, shareOf(tokens, masks, labels));
    },
  };
}

/**
 * A head that trains a vector for each label, in place of the vocabulary's last layer; it starts
 * from the label's words. Has `labels (embeddingSize + 1)` parameters, or `labels embeddingSize`
 * where the vocabulary has no bias.
 *
 * @see Hambardzumyan et al. (2021), arXiv:2101.00121
 */
export function createSoftWordHead(
  { vocabulary, tokens, labels }: WordHeadOptions,
  variables: VariableStore,
): TaskHead {
  const ids = Int32Array.from(tokens, ({ id }) => id);
  // `[labels, tokens]`: what each token counts for each label.
  const mean = (of: tf.Tensor): tf.Tensor =>
    tf.matMul(shareOf(tokens, 1, labels), of as tf.Tensor2D, true);
  const weight = variables.create<tf.Rank.R2>(
    'verbalizer/weight',
    () => mean(vocabulary.words(ids).weight) as tf.Tensor2D,
  );
  const hasBias = tf.tidy(() => vocabulary.words(ids).bias !== null);
  const bias = hasBias
    ? variables.create<tf.Rank.R1>('verbalizer/bias', () => {
        const own = vocabulary.words(ids).bias ?? tf.zeros([ids.length]);
        return tf.reshape(mean(tf.reshape(own, [-1, 1])), [labels]);
      })
    : null;
  return {
    reads: 'marked',
    logits: (hidden, _dropout, trained) =>
      linear(vocabulary.features(markedRows(hidden), trained), {
        weight,
        bias,
        trained: { weight: true, bias: true },
      }),
  };
}

/** Hidden states at marks, `[batch, marks, hidden]`, as rows `[batch * marks, hidden]`. */
export function markedRows(hidden: tf.Tensor3D): tf.Tensor2D {
  const [batch, marks, width] = hidden.shape;
  return tf.reshape(hidden, [batch * marks, width]);
}

/** `[masks * tokens, labels]`: what a token counts for a label where it is read at that mask. */
function shareOf(tokens: readonly LabelToken[], masks: number, labels: number): tf.Tensor2D {
  const shares = new Float32Array(masks * tokens.length * labels);
  for (const [place, { label, mask, weight }] of tokens.entries()) {
    shares[(mask * tokens.length + place) * labels + label] = weight;
  }
  return tf.tensor2d(shares, [masks * tokens.length, labels]);
}
