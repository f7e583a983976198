import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBeAllClose } from '../testing/all-close.ts';
import { centralDifferences } from '../testing/central-differences.ts';
import { crossEntropy, ignoredTarget } from './cross-entropy.ts';

interface LossCase {
  readonly name: string;
  readonly shape: [number, number];
  readonly logits: readonly number[];
  readonly targets: readonly number[];
  readonly sum: number;
  readonly gradient: readonly number[];
}

// Written by fixtures/make_losses.py.
const cases: readonly LossCase[] = JSON.parse(
  readFileSync(new URL('../../fixtures/losses.json', import.meta.url), 'utf8'),
);

expect.extend({ toBeAllClose });

function loss(logits: tf.Tensor, targets: Int32Array): tf.Scalar {
  return crossEntropy(logits as tf.Tensor2D, targets).sum;
}

describe.each(['cpu', 'wasm'])('crossEntropy on %s', (engine) => {
  beforeAll(async () => {
    expect(await tf.setBackend(engine)).toBe(true);
  });

  it.each(cases)('gives the sum and the gradient of PyTorch for $name', (stored) => {
    const logits = tf.tensor2d([...stored.logits], stored.shape);
    const targets = Int32Array.from(stored.targets);
    const { value, grad } = tf.valueAndGrad((x) => loss(x, targets))(logits);
    expect(value.dataSync()).toBeAllClose([stored.sum], { relative: 1e-5, absolute: 1e-5 });
    expect(grad.dataSync()).toBeAllClose(stored.gradient, { absolute: 1e-6 });
  });

  it('has the gradient of central differences', () => {
    const logits = tf.randomNormal([4, 3], 0, 1, 'float32', 5);
    const targets = Int32Array.of(2, ignoredTarget, 0, 1);
    const scaled = (x: tf.Tensor): tf.Scalar => tf.mul(loss(x, targets), 0.5);
    const expected = centralDifferences(scaled, logits);
    const tolerance = { relative: 0, absolute: 1e-3 };
    expect(tf.grad(scaled)(logits).dataSync()).toBeAllClose(expected, tolerance);
  });

  it('keeps no tensor but its result', () => {
    const logits = tf.ones<tf.Rank.R2>([2, 2]);
    const before = tf.memory().numTensors;
    const gradient = tf.tidy(() => tf.grad((x) => loss(x, Int32Array.of(0, 1)))(logits));
    expect(tf.memory().numTensors).toBe(before + 1);
    gradient.dispose();
  });
});

describe('crossEntropy', () => {
  it('counts the rows that are not ignored', () => {
    const targets = Int32Array.of(0, ignoredTarget, 1);
    expect(crossEntropy(tf.ones([3, 2]), targets).count).toBe(2);
  });

  it('refuses targets that are no label, or too few of them', () => {
    expect(() => crossEntropy(tf.ones([1, 2]), Int32Array.of(2))).toThrow(/Target 2 of row 0/);
    expect(() => crossEntropy(tf.ones([1, 2]), Int32Array.of(-1))).toThrow(RangeError);
    expect(() => crossEntropy(tf.ones([2, 2]), Int32Array.of(1))).toThrow(/each of 2 rows/);
  });
});
