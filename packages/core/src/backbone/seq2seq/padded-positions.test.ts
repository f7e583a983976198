import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../contract/batch.ts';
import { readJson } from '../../files/read-file.ts';
import { sequenceToSequence } from '../../task/sequence-to-sequence.ts';
import { collate } from '../../tokenizer/collate.ts';
import type { Backbone, Semantics } from '../backbone.ts';
import { loadSeq2Seq } from '../seq2seq-case.ts';

/** What Transformers computed; see `fixtures/make_seq2seq_peft.py`. */
interface Stored {
  readonly rows: readonly { readonly text: string; readonly target: string }[];
  readonly losses: { readonly bart: { readonly logProbabilities: readonly number[][] } };
  readonly leftPadded: readonly number[][];
}

const path = fileURLToPath(new URL('../../../fixtures/seq2seq-peft.json', import.meta.url));
const stored = (await readJson(path)) as Stored; // As written.
const task = sequenceToSequence();

/** Log-probabilities of the targets with the padding of their inputs in front. */
function leftPadded(backbone: Backbone, semantics: Semantics): (readonly number[])[] {
  const { tokenizer, geometry } = backbone;
  const context = { tokenizer, layout: { kind: 'none' }, maxPositions: 32 } as const;
  const examples = stored.rows.map((row, index) => task.encode(row, index, context));
  const rows = examples.map(({ row }) => row);
  const batch = collate(rows, tokenizer.special.pad);
  const { vocabularyLogits } = backbone.heads['sequence-to-sequence'] ?? {};
  let predictions: ReturnType<typeof task.decode> = [];
  tf.tidy(() => {
    const hidden = backbone.forward(turned(batch), { kind: 'none' }, { semantics });
    const flat = tf.reshape<tf.Rank.R2>(hidden, [-1, geometry.hiddenSize]);
    const logits = tf.reshape(vocabularyLogits?.(flat) ?? flat, [batch.size, -1, 80]);
    const scores = task.condense?.(logits, examples, batch) ?? logits;
    const values = scores.dataSync<'float32'>();
    predictions = task.decode(values, scores.shape, examples);
  });
  return predictions.map(({ logProbabilities }) => logProbabilities);
}

/** Each row with its padding in front. */
function turned(batch: Batch): Batch {
  const { size, sequence } = batch;
  const turn = <Values extends Int32Array | Uint8Array>(values: Values): Values => {
    const result = values.slice() as Values; // A copy is of the same kind.
    for (let row = 0; row < size; row++) {
      const own = values.subarray(row * sequence, (row + 1) * sequence);
      const mask = batch.attentionMask.subarray(row * sequence, (row + 1) * sequence);
      const real = mask.filter((one) => one === 1).length;
      result.set(own.subarray(real), row * sequence);
      result.set(own.subarray(0, real), (row + 1) * sequence - real);
    }
    return result;
  };
  return {
    ...batch,
    inputIds: turn(batch.inputIds),
    attentionMask: turn(batch.attentionMask),
  };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('padding in front of the input of BART', () => {
  it.each([
    ['ptl', 'counts for nothing', stored.losses.bart.logProbabilities],
    ['peft', 'moves the tokens on, as in Transformers', stored.leftPadded],
  ] as const)('with the rules of %s %s', (semantics, _, expected) => {
    using backbone = loadSeq2Seq('bart');
    const actual = leftPadded(backbone, semantics);
    for (const [row, values] of actual.entries()) {
      expect(values).toHaveLength(expected[row]?.length ?? 0);
      for (const [place, value] of values.entries()) {
        expect(value).toBeCloseTo(expected[row]?.[place] ?? 0, 4);
      }
    }
  });
});
