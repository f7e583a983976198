import * as tf from '@tensorflow/tfjs';
import type { HeadContext, TaskHead } from './task.ts';

/** A head that trains nothing: the pretrained model's own scores of its vocabulary. */
export function createVocabularyHead({ head }: HeadContext): TaskHead {
  const { vocabularyLogits } = head;
  if (!vocabularyLogits) throw new TypeError('The backbone has no layer for its vocabulary.');
  return {
    reads: 'all',
    logits(hidden, _dropout, trained) {
      const [batch, sequence, width] = hidden.shape;
      const rows = tf.reshape<tf.Rank.R2>(hidden, [batch * sequence, width]);
      return tf.reshape(vocabularyLogits(rows, trained), [batch, sequence, -1]);
    },
  };
}
