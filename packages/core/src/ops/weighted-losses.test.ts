import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBeAllClose } from '../testing/all-close.ts';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { crossEntropy } from './cross-entropy.ts';

interface StoredLoss {
  readonly shape: readonly [number, number];
  readonly logits: readonly number[];
  readonly targets: readonly number[];
  readonly mean: number;
  readonly gradient: readonly number[];
}

// Written by fixtures/make_losses.py.
const held: {
  readonly weighted: readonly (StoredLoss & { weights: readonly number[]; smoothing: number })[];
  readonly binary: readonly StoredLoss[];
} = JSON.parse(
  readFileSync(new URL('../../fixtures/weighted-losses.json', import.meta.url), 'utf8'),
);

expect.extend({ toBeAllClose });

function compare(
  stored: StoredLoss,
  lossOf: (logits: tf.Tensor2D) => { readonly sum: tf.Scalar; readonly count: number },
): void {
  const logits = tf.tensor2d([...stored.logits], [...stored.shape]);
  const mean = (x: tf.Tensor): tf.Scalar => {
    const { sum, count } = lossOf(x as tf.Tensor2D);
    return tf.div(sum, count);
  };
  const { value, grad } = tf.valueAndGrad(mean)(logits);
  expect(value.dataSync()).toBeAllClose([stored.mean], { relative: 1e-5 });
  expect(grad.dataSync()).toBeAllClose(stored.gradient, { absolute: 2e-6 });
}

describe.each(['cpu', 'wasm'])('a loss on %s', (engine) => {
  beforeAll(async () => {
    expect(await tf.setBackend(engine)).toBe(true);
  });

  it.each(held.weighted)(
    'is that of PyTorch with weights $weights, smoothing $smoothing',
    (stored) => {
      const { targets, smoothing } = stored;
      const weights = Float32Array.from(stored.weights);
      compare(stored, (x) => crossEntropy(x, Int32Array.from(targets), { weights, smoothing }));
    },
  );

  it.each(held.binary)('is that of PyTorch for logits apart, $shape', (stored) => {
    compare(stored, (x) => binaryCrossEntropy(x, Float32Array.from(stored.targets)));
  });
});
