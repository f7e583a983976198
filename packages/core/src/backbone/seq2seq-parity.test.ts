import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Prompt } from '../contract/prompt.ts';
import { hashed } from '../testing/hashed-weights.ts';
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
} from './seq2seq-case.ts';

const none: Prompt = { kind: 'none' };

describe.each(['cpu', 'wasm'])('encoder-decoders equal those of Transformers on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(seq2seqNames)('%s in logits, padded on either side', (name) => {
    using backbone = loadSeq2Seq(name);
    for (const side of ['right', 'left'] as const) {
      const batch = batchOf({ side });
      const hidden = realRows(backbone.forward(batch, none), batch);
      const logits = logitsOf(backbone, hidden);
      expect(largestDifference(logits, reference(name, 'right.logits'))).toBeLessThan(1e-5);
    }
  });

  it.each(wholeNames)('%s in hidden states', (name) => {
    using backbone = loadSeq2Seq(name);
    const batch = batchOf();
    const hidden = realRows(backbone.forward(batch, none), batch);
    expect(largestDifference(hidden, reference(name, 'right.hidden'))).toBeLessThan(1e-5);
  });

  it.each(wholeNames)('%s behind prefixes at all sites, with their gradients', (name) => {
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
      expect(relativeDifference(slopes, wanted[index] as tf.Tensor), `${index}`).toBeLessThan(2e-5);
    }
  });

  it.each(seq2seqNames.filter((name) => name !== 't5-silu'))(
    '%s behind virtual tokens, with their gradient',
    (name) => {
      using backbone = loadSeq2Seq(name);
      const batch = batchOf({ slots: 4 });
      const hidden = (embeddings: tf.Tensor): tf.Tensor2D => {
        const prompt: Prompt = { kind: 'virtual-tokens', embeddings: embeddings as tf.Tensor2D };
        return realRows(backbone.forward(batch, prompt), batch);
      };
      const vectors = tf.tensor(hashed('prompt.vectors', [4, 40]), [4, 40]);
      const expected = reference(name, 'prompt.hidden');
      expect(largestDifference(hidden(vectors), expected)).toBeLessThan(1e-5);
      const loss = (x: tf.Tensor) => lossOf(logitsOf(backbone, hidden(x)), batch);
      const gradient = tf.grad(loss)(vectors);
      expect(relativeDifference(gradient, reference(name, 'prompt.gradient'))).toBeLessThan(2e-5);
    },
  );

  it.each(wholeNames)('%s in the gradient of each of its weights', (name) => {
    using backbone = loadSeq2Seq(name);
    const wanted = reference(name, 'weights.slopes').dataSync();
    const slopes = weightSlopes(backbone);
    expect(slopes.length).toBe(wanted.length);
    for (const [index, [weight, slope]] of slopes.entries()) {
      const target = wanted[index] ?? Number.NaN;
      expect(Math.abs(slope - target), weight).toBeLessThan(1e-4 + 1e-4 * Math.abs(target));
    }
  });
});
