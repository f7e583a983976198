import * as tf from '@tensorflow/tfjs';
import { uniform } from '../../contract/initializers.ts';
import type { HeadContext, TaskHead } from '../task.ts';
import { createTokenHead } from '../token-head.ts';

/** Initial scores are drawn from U[-0.1, 0.1), as pytorch-crf draws them. */
const initialLimit = 0.1;

/**
 * A token head with the scores of a linear-chain CRF, named as pytorch-crf names them. Has `labels²
 * + 2 labels` parameters more.
 *
 * Behind the logits of the tokens, each row holds `labels + 2` rows more, the same in all rows of a
 * batch: transitions from each label, start, and end. So what decodes a row, or takes its loss, needs
 * nothing but its logits, also where rows of several models share a batch.
 */
export function createCrfHead(context: HeadContext, labels: number): TaskHead {
  const tokens = createTokenHead(context, labels);
  const { variables } = context;
  const vector = (name: string): tf.Variable<tf.Rank.R1> =>
    variables.create<tf.Rank.R1>(`crf/${name}`, (seed) => uniform([labels], initialLimit, seed));
  const start = vector('start_transitions');
  const end = vector('end_transitions');
  const transitions = variables.create<tf.Rank.R2>('crf/transitions', (seed) =>
    uniform([labels, labels], initialLimit, seed),
  );
  return {
    reads: tokens.reads,
    logits(hidden, dropout, trained) {
      const logits = tokens.logits(hidden, dropout, trained);
      const rows = tf.concat([transitions, tf.stack([start, end])]);
      // Added to zeros: the gradient of a sum that broadcasts is one kernel, that of a tile many.
      const inEach = tf.add(tf.zeros([logits.shape[0] ?? 0, 1, 1]), tf.expandDims(rows, 0));
      return tf.concat([logits, inEach], 1);
    },
  };
}
