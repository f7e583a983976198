import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Prompt } from '../contract/prompt.ts';
import { readBytes } from '../files/read-file.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import type { Backbone } from './backbone.ts';
import { batchOf, loadSeq2Seq, prefixOf, seq2seqNames, sites } from './seq2seq-case.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights } from './weights/weights.ts';

/* Against Transformers, whose hidden states fixtures/make_seq2seq_zeros.py wrote. */

expect.extend({ toBeAllClose });

const file = fileURLToPath(new URL('../../fixtures/seq2seq-zeros.safetensors', import.meta.url));
const behindZeros = await createWeights(
  parseSafetensors(await readBytes(file), file).tensors,
  file,
);

/** Keys and values of zero for these sites; the same tensors in each layer. */
function zerosFor({ geometry }: Backbone, at: typeof sites, positions = 5): Prompt {
  const { numLayers, numHeads, headSize } = geometry;
  const zeros = tf.zeros([numLayers, numHeads, positions, headSize]);
  return prefixOf(
    at.flatMap(() => [zeros, zeros]),
    at,
  );
}

/** Of the decoder, of the first token of each row's target. */
function statesOf(backbone: Backbone, prompt: Prompt): Float32Array {
  const hidden = backbone.forward(batchOf(), prompt, { positionOffset: 'none' });
  return tf.slice(hidden, [0, 0, 0], [-1, 1, -1]).dataSync<'float32'>();
}

describe.each(['cpu', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(seq2seqNames)('%s weighs prefixes of zeros as the softmax of zeros does', (name) => {
    using backbone = loadSeq2Seq(name);
    const bare = statesOf(backbone, { kind: 'none' });
    const actual = statesOf(backbone, zerosFor(backbone, sites));
    expect(actual).toBeAllClose(behindZeros.float32(name), { absolute: 1e-5, relative: 0 });
    expect(actual).not.toBeAllClose(bare, { absolute: 1e-3 });
    // Each site has its part in it.
    for (const site of sites) {
      expect(statesOf(backbone, zerosFor(backbone, [site]))).not.toBeAllClose(bare, {
        absolute: 1e-3,
      });
    }
    expect(statesOf(backbone, zerosFor(backbone, sites, 0))).toEqual(bare);
  });
});
