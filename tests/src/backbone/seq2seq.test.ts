import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  batchOf,
  largestDifference,
  loadSeq2Seq,
  logitsOf,
  lossOf,
  prefixOf,
  prefixSlopes,
  prefixTensors,
  realRows,
  reference,
  relativeDifference,
  seq2seqNames,
  weightSlopes,
  wholeNames,
} from '../../../packages/core/src/backbone/seq2seq-case.ts';
import { useTestEngine } from '../use-test-engine.ts';

// Core runs the same on the engines that TF.js brings itself.
describe.each(seq2seqNames)('%s on TensorFlow', (name) => {
  it('gives the logits of Transformers, padded on either side', async (context) => {
    await useTestEngine('tensorflow', context);
    using backbone = loadSeq2Seq(name);
    for (const side of ['right', 'left'] as const) {
      const batch = batchOf({ side });
      const hidden = realRows(backbone.forward(batch, { kind: 'none' }), batch);
      const logits = logitsOf(backbone, hidden);
      expect(largestDifference(logits, reference(name, 'right.logits'))).toBeLessThan(1e-5);
    }
  });
});

describe.each(wholeNames)('%s on TensorFlow', (name) => {
  it('gives the hidden states and gradients of PyTorch behind prefixes', async (context) => {
    await useTestEngine('tensorflow', context);
    using backbone = loadSeq2Seq(name);
    const batch = batchOf();
    const given = prefixTensors(backbone);
    const hidden = (...parts: tf.Tensor[]): tf.Tensor2D =>
      realRows(backbone.forward(batch, prefixOf(parts)), batch);
    const expected = reference(name, 'prefix.hidden');
    expect(largestDifference(hidden(...given), expected)).toBeLessThan(1e-5);
    const gradients = tf.grads((...parts: tf.Tensor[]) =>
      lossOf(logitsOf(backbone, hidden(...parts)), batch),
    )(given);
    const wanted = tf.unstack(reference(name, 'prefix.slopes'));
    for (const [index, slopes] of prefixSlopes(gradients).entries()) {
      expect(relativeDifference(slopes, wanted[index] as tf.Tensor)).toBeLessThan(2e-5);
    }
  });

  it('gives each of its weights the gradient of PyTorch', async (context) => {
    await useTestEngine('tensorflow', context);
    using backbone = loadSeq2Seq(name);
    const wanted = reference(name, 'weights.slopes').dataSync();
    for (const [index, [weight, slope]] of weightSlopes(backbone).entries()) {
      const target = wanted[index] ?? Number.NaN;
      expect(Math.abs(slope - target), weight).toBeLessThan(1e-4 + 1e-4 * Math.abs(target));
    }
  });
});
