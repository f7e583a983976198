import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerPrefixes, Prompt } from '../contract/prompt.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { hashed } from '../testing/hashed-weights.ts';
import {
  allModels,
  attentionRows,
  loadModelOf,
  prefixFor,
  statesBehindZeros,
} from './attention-case.ts';
import type { Backbone } from './backbone.ts';
import { allFamilies, batchOf, leftPadded, loadCase, realRows, tokensOf } from './encoder-case.ts';

expect.extend({ toBeAllClose });

describe.each(['cpu', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(allFamilies)('%s gives rows padded on the left what Transformers gives', async (name) => {
    const { backbone, reference } = await loadCase(name);
    const right = batchOf(reference, 'batch');
    const left = leftPadded(right);
    expect(left.attentionMask.at(-1)).toBe(1);
    expect(right.attentionMask.at(-1)).toBe(0);
    const wanted = tf.tensor3d(reference.float32('batch.hidden'), [3, right.sequence, 40]);
    const actual = realRows(backbone.forward(left, { kind: 'none' }), left);
    expect(actual).toBeAllClose(realRows(wanted, right), { absolute: 1e-5, relative: 0 });
    backbone[Symbol.dispose]();
  });

  it.each(allModels)('%s weighs a prefix of zeros as the softmax of zeros does', async (name) => {
    using backbone = await loadModelOf(name);
    const { actual, expected, bare } = statesBehindZeros(backbone, name);
    expect(actual).toBeAllClose(expected, { absolute: 1e-5, relative: 0 });
    expect(actual).not.toBeAllClose(bare, { absolute: 1e-3 });
  });
});

describe('prompts', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const prefix = (backbone: Backbone, order: readonly number[]): LayerPrefixes =>
    prefixFor(backbone, (name, shape) =>
      tf.gather(tf.tensor(hashed(`${name} weight`, shape), shape), [...order], 1),
    );

  it.each(allModels)('of %s may have the positions of a prefix in any order', async (name) => {
    using backbone = await loadModelOf(name);
    const run = (...order: number[]): Float32Array =>
      realRows(backbone.forward(attentionRows, prefix(backbone, order)), attentionRows);
    const [one, other] = [run(0, 1, 2, 3, 4), run(3, 0, 4, 2, 1)];
    expect(other).toBeAllClose(one, { absolute: 1e-5 });
    expect(run(0, 0, 2, 3, 4)).not.toBeAllClose(one, { absolute: 1e-4 });
  });

  it.each(allFamilies)('of %s act the same on rows padded on either side', async (name) => {
    const { backbone, reference } = await loadCase(name);
    const shape = [4, backbone.geometry.embeddingSize];
    const cases: [Prompt, number][] = [
      [prefix(backbone, [0, 1, 2, 3, 4]), 0],
      [tokensOf(tf.tensor(hashed('prompt', shape), shape)), 4],
    ];
    for (const [prompt, slots] of cases) {
      const right = batchOf(reference, 'batch', { slots, behind: 2 });
      const left = leftPadded(right);
      const [one, other] = [right, left].map((rows) => ({
        all: realRows(backbone.forward(rows, prompt), rows),
        summary: backbone.forward(rows, prompt, { read: 'summary' }).dataSync(),
      }));
      expect(other?.all).toBeAllClose(one?.all ?? [], { absolute: 1e-5 });
      expect(other?.summary).toBeAllClose(one?.summary ?? [], { absolute: 1e-5 });
    }
    backbone[Symbol.dispose]();
  });
});
