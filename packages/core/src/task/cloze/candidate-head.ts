import * as tf from '@tensorflow/tfjs';
import { linear } from '../../ops/linear.ts';
import type { VocabularyLayer } from '../head.ts';
import type { TaskHead } from '../task.ts';
import { markedRows } from '../word-head.ts';

/**
 * A head that trains nothing: the logarithms of the candidates' probabilities at the mask, `[batch,
 * candidates]`, among all words or among themselves.
 *
 * @param ids - Tokens of the candidates.
 */
export function createCandidateHead(
  vocabulary: VocabularyLayer,
  ids: Int32Array,
  among: 'vocabulary' | 'candidates',
): TaskHead {
  return {
    reads: 'marked',
    logits(hidden, _dropout, trained) {
      const features = vocabulary.features(markedRows(hidden), trained);
      const chosen = linear(features, vocabulary.words(ids, trained));
      const all = among === 'candidates' ? chosen : vocabulary.scores(features, trained);
      return tf.sub(chosen, tf.logSumExp(all, 1, true));
    },
  };
}
