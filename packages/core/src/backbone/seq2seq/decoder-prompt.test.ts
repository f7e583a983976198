import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../contract/batch.ts';
import { isPtlError } from '../../contract/errors.ts';
import { createTinyBackbone } from '../../testing/tiny-backbone.ts';
import { collate } from '../../tokenizer/collate.ts';
import { loadSeq2Seq } from '../seq2seq-case.ts';

const width = 40;
const none = tf.tensor2d([], [0, width]);
const start = { t5: 0, 'flan-t5': 0, bart: 2 } as const;

function batchOf(targets: readonly number[][]): Batch {
  const row = { inputIds: [7, 31, 12], tokenTypeIds: [0, 0, 0], slots: [], truncatedTokens: 0 };
  return collate(
    targets.map((targetIds) => ({ ...row, targetIds })),
    0,
  );
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe("virtual tokens in front of the decoder's input", () => {
  it.each(['t5', 'flan-t5', 'bart'] as const)('do what the tokens would do, in %s', (name) => {
    using backbone = loadSeq2Seq(name);
    const [first, targets] = [start[name], [[6, 44, 13], [58]]];
    const decoder = backbone.embeddingsOf([first, 21]);
    const prompt = { kind: 'virtual-tokens', embeddings: none, decoder } as const;
    const virtual = backbone.forward(batchOf(targets), prompt);
    const longer = batchOf(targets.map((ids) => [21, first, ...ids]));
    const real = tf.slice(backbone.forward(longer, { kind: 'none' }), [0, 2, 0], [-1, -1, -1]);
    expect(virtual.shape).toEqual([2, 3, width]);
    // The second row's padding is told by its own mask.
    const difference = tf.abs(tf.sub(virtual, real));
    expect(tf.max(tf.slice(difference, [0, 0, 0], [1, 3, width])).dataSync()[0]).toBeLessThan(1e-5);
    expect(tf.max(tf.slice(difference, [1, 0, 0], [1, 1, width])).dataSync()[0]).toBeLessThan(1e-5);
  });

  it('have the width of its word embeddings', () => {
    using backbone = loadSeq2Seq('t5');
    const decoder = tf.zeros<tf.Rank.R2>([2, 3]);
    const prompt = { kind: 'virtual-tokens', embeddings: none, decoder } as const;
    expect(() => backbone.forward(batchOf([[6]]), prompt)).toThrow(
      /SHAPE_MISMATCH.* expected \[2, 40\], got \[2, 3\]/,
    );
  });

  it('are refused by a backbone without a decoder of its own', () => {
    using backbone = createTinyBackbone();
    const embeddings = tf.zeros<tf.Rank.R2>([0, 8]);
    const prompt = { kind: 'virtual-tokens', embeddings, decoder: embeddings } as const;
    let thrown: unknown;
    try {
      backbone.forward(batchOf([[6]]), prompt);
    } catch (error) {
      thrown = error;
    }
    expect(isPtlError(thrown, 'SHAPE_MISMATCH')).toBe(true);
    expect(String(thrown)).toContain('some for the decoder of an encoder');
  });
});
