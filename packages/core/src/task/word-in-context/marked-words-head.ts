import * as tf from '@tensorflow/tfjs';
import type { BackboneArchitecture } from '../../contract/frozen-backbone.ts';
import type { EncodedRow } from '../../tokenizer/encoded-row.ts';
import { createLabelLayer } from '../label-layer.ts';
import type { HeadContext, TaskHead } from '../task.ts';

/** What is read of a row: its summary token and two words. */
const parts = 3;

/**
 * A head for two words in their texts: the hidden state of the real token that stands for the row,
 * and the means of those of each word's tokens, side by side; dropout, labels. As SuperGLUE's
 * baseline for words in context, it uses no pooler. Has `labels (3 hidden + 1)` parameters.
 *
 * @see Wang et al. (2019), arXiv:1905.00537
 */
export function createMarkedWordsHead(
  { backbone, head, variables }: HeadContext,
  labels: number,
): TaskHead {
  const { hasBias, dropoutRate } = head;
  const hiddenSize = parts * backbone.hiddenSize;
  const output = createLabelLayer(variables, head.output, { hiddenSize, labels, hasBias });
  return {
    reads: 'all',
    logits(hidden, dropout, _trained, rows = []) {
      const [batch, sequence, width] = hidden.shape;
      if (rows.length !== batch)
        throw new RangeError(`${rows.length} rows for a batch of ${batch}.`);
      const weights = tf.tensor3d(readingWeights(rows, sequence, backbone.architecture), [
        batch,
        parts,
        sequence,
      ]);
      const read = tf.reshape<tf.Rank.R2>(tf.matMul(weights, hidden), [batch, parts * width]);
      return output(dropout(read, dropoutRate, 'head/read'));
    },
  };
}

/** `[batch, 3, sequence]`: how much each real token has in what is read. */
function readingWeights(
  rows: readonly EncodedRow[],
  sequence: number,
  architecture: BackboneArchitecture,
): Float32Array {
  const weights = new Float32Array(rows.length * parts * sequence);
  for (const [place, { inputIds, slots, words = [] }] of rows.entries()) {
    const summary = architecture === 'decoder' ? inputIds.length - slots.length - 1 : 0;
    const ranges = [{ start: summary, end: summary + 1 }, ...words];
    for (const [part, { start, end }] of ranges.entries()) {
      const first = (place * parts + part) * sequence;
      weights.fill(1 / (end - start), first + start, first + end);
    }
  }
  return weights;
}
