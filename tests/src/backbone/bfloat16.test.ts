import {
  type Backbone,
  collate,
  createModel,
  encodeText,
  loadBackbone,
  type Prompt,
  sequenceClassification,
} from '@ptl/core';
import { prefix } from '@ptl/prefix';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, type TestContext } from 'vitest';
import { fullFineTuning } from '../../../apps/bench/src/baselines/full-fine-tuning.ts';
import { useTestEngine } from '../use-test-engine.ts';

const texts = ['The film was better than I had feared.', 'Why?', 'Two trains to Garching at noon.'];

async function useBfloat16(context: TestContext): Promise<void> {
  await useTestEngine('tensorflow', context);
  if (!tf.getKernel('PtlBfloat16Product', 'tensorflow')) {
    context.skip('this processor has no fast products in bfloat16');
  }
}

function batchOf({ tokenizer, geometry: { maxPositions } }: Backbone) {
  const rows = texts.map((text) =>
    encodeText({ text }, { tokenizer, layout: { kind: 'none' }, maxPositions }),
  );
  return collate(rows, tokenizer.special.pad);
}

/** Prefixes of three positions in front of each layer. */
function sharedPrefixes({ geometry }: Backbone, keys: tf.Tensor4D): Prompt {
  const layers = tf
    .unstack(keys)
    .map((part) => ({ keys: part as tf.Tensor3D, values: part as tf.Tensor3D }));
  expect(layers).toHaveLength(geometry.numLayers);
  return { kind: 'layer-prefixes', sites: { encoder: layers } };
}

/** The cosine of the angle between two tensors. */
function cosine(one: tf.Tensor, other: tf.Tensor): number {
  const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b));
  const product = tf.div(dot(one, other), tf.sqrt(tf.mul(dot(one, one), dot(other, other))));
  return product.dataSync()[0] ?? 0;
}

describe('MiniLM in bfloat16', () => {
  it('gives nearly the states and gradients of float32, and other bits', async (context) => {
    await useBfloat16(context);
    using exact = await loadBackbone();
    using half = await loadBackbone(undefined, { precision: 'bfloat16' });
    const { numLayers, numHeads, headSize } = exact.geometry;
    const keys = tf.randomNormal<tf.Rank.R4>(
      [numLayers, numHeads, 3, headSize],
      0,
      0.5,
      'float32',
      1,
    );
    const [states, gradients] = [[], []] as [tf.Tensor[], tf.Tensor[]];
    for (const backbone of [exact, half]) {
      const batch = batchOf(backbone);
      const run = (values: tf.Tensor): tf.Tensor =>
        backbone.forward(batch, sharedPrefixes(backbone, values as tf.Tensor4D), {
          read: 'summary',
        });
      states.push(run(keys));
      const probe = tf.randomNormal(states[0]?.shape ?? [], 0, 1, 'float32', 2);
      gradients.push(tf.grad((values) => tf.sum(tf.mul(run(values), probe)))(keys));
    }
    for (const [one, other] of [states, gradients] as [tf.Tensor, tf.Tensor][]) {
      const similarity = cosine(one, other);
      expect(similarity).toBeGreaterThan(0.999);
      expect(tf.max(tf.abs(tf.sub(one, other))).dataSync()[0]).toBeGreaterThan(1e-4);
    }
  });

  it('runs its layers as one kernel each where nothing is trained, as it does op by op', async (context) => {
    await useBfloat16(context);
    if (!tf.getKernel('PtlBfloat16EncoderLayer', 'tensorflow')) {
      context.skip('this processor has no AVX-512 BF16');
    }
    using half = await loadBackbone(undefined, { precision: 'bfloat16' });
    const { numLayers, numHeads, headSize } = half.geometry;
    const shape = [numLayers, numHeads, 3, headSize] as [number, number, number, number];
    const prompt = sharedPrefixes(half, tf.randomNormal(shape, 0, 0.5, 'float32', 1));
    const batch = batchOf(half);
    for (const read of ['summary', 'all', 'positions'] as const) {
      const run = (): tf.Tensor => half.forward(batch, prompt, { read });
      const counted = await tf.profile(run);
      const layers = counted.kernels.filter(({ name }) => name === 'PtlBfloat16EncoderLayer');
      expect(layers).toHaveLength(numLayers);
      // Inside a gradient no such kernel runs.
      const opByOp: tf.Tensor[] = [];
      tf.grad((factor) => {
        opByOp.push(tf.keep(run()));
        return tf.sum(tf.mul(opByOp[0] ?? factor, factor));
      })(tf.scalar(1));
      const [expected = tf.scalar(Number.NaN)] = opByOp;
      expect(cosine(run(), expected)).toBeGreaterThan(0.9999);
      expect(tf.max(tf.abs(tf.sub(run(), expected))).dataSync()[0]).toBeLessThan(0.05);
    }
  });

  it('keeps the weights of its layers in half the memory', async (context) => {
    await useBfloat16(context);
    const bytesOf = async (precision: 'float32' | 'bfloat16'): Promise<number> => {
      const before = tf.memory().numBytes;
      using backbone = await loadBackbone(undefined, { precision });
      expect(backbone.precision).toBe(precision);
      return tf.memory().numBytes - before;
    };
    const [full, half] = [await bytesOf('float32'), await bytesOf('bfloat16')];
    // Six layers of 12 matrices of 384 by 384, two bytes less for each number.
    expect(full - half).toBe(6 * 12 * 384 * 384 * 2);
  });

  it('trains no weight that it keeps so, and says why', async (context) => {
    await useBfloat16(context);
    using half = await loadBackbone(undefined, { precision: 'bfloat16' });
    const task = sequenceClassification({ labels: ['no', 'yes'] });
    expect(() => createModel({ backbone: half, method: fullFineTuning, task })).toThrow(
      expect.objectContaining({ code: 'PRECISION_UNSUPPORTED' }),
    );
    using model = createModel({ backbone: half, method: prefix, task });
    expect(await model.predict(texts.map((text) => ({ text })))).toHaveLength(3);
  });
});

it('is refused where the engine has no products in it', async (context) => {
  await useTestEngine('wasm', context);
  await expect(loadBackbone(undefined, { precision: 'bfloat16' })).rejects.toMatchObject({
    code: 'PRECISION_UNSUPPORTED',
    details: { precision: 'bfloat16', engine: 'wasm' },
  });
});
