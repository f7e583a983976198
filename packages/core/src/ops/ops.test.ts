import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { centralDifferences } from '../testing/central-differences.ts';
import { gelu } from './activation.ts';
import { addNorm } from './add-norm.ts';
import { linear } from './linear.ts';
import { lookup } from './lookup.ts';
import { fillSlots, pickRows } from './slots.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

/** A scalar that depends on each value of `y` with another weight. */
function weigh(y: tf.Tensor): tf.Scalar {
  const weights = tf.sin(tf.range(0, y.size));
  return tf.mean(tf.mul(tf.reshape(y, [-1]), weights));
}

function expectGradient(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): void {
  const scalar = (input: tf.Tensor) => weigh(f(input));
  const expected = centralDifferences(scalar, x);
  const actual = tf.grad(scalar)(x).dataSync();
  expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(2e-3);
  }
}

describe('linear', () => {
  const both = { weight: true, bias: true };
  const weight = random([3, 4], 1) as tf.Tensor2D;
  const bias = random([3], 2) as tf.Tensor1D;

  it.each([true, false])(
    'has the gradient of central differences (weight trained: %s)',
    (trained) => {
      const f = (x: tf.Tensor) =>
        linear(x as tf.Tensor2D, { weight, bias, trained: { weight: trained, bias: false } });
      expectGradient(f, random([5, 4], 3));
    },
  );

  it('passes a gradient to a trained weight and to the bias', () => {
    const x = random([5, 4], 3) as tf.Tensor2D;
    expectGradient((w) => linear(x, { weight: w as tf.Tensor2D, bias, trained: both }), weight);
    expectGradient((b) => linear(x, { weight, bias: b as tf.Tensor1D, trained: both }), bias);
  });
});

describe('gelu', () => {
  it('equals x times the normal distribution function', () => {
    // scipy.stats.norm.cdf(x) * x
    const expected = [-0.00404951, -0.15865526, 0, 0.34573123, 1.95449974];
    const actual = gelu(tf.tensor2d([[-3, -1, 0, 0.5, 2]])).dataSync();
    for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 5);
  });

  it('has the gradient of central differences', () => {
    expectGradient((x) => gelu(x as tf.Tensor2D), random([4, 5], 4));
  });
});

describe('addNorm', () => {
  const scale = random([6], 5) as tf.Tensor1D;
  const shift = random([6], 6) as tf.Tensor1D;
  const weights = { scale, shift, epsilon: 1e-5, trained: false };
  const residual = random([4, 6], 8) as tf.Tensor2D;

  it('gives rows of mean zero and variance one under unit scale', () => {
    const unit = {
      ...weights,
      scale: tf.ones([6]) as tf.Tensor1D,
      shift: tf.zeros([6]) as tf.Tensor1D,
    };
    const { mean, variance } = tf.moments(
      addNorm(random([4, 6], 7) as tf.Tensor2D, residual, unit),
      1,
    );
    expect(tf.max(tf.abs(mean)).dataSync()[0]).toBeLessThan(1e-5);
    expect(tf.max(tf.abs(tf.sub(variance, 1))).dataSync()[0]).toBeLessThan(1e-3);
  });

  it('has the gradient of central differences in both summands, scale and shift', () => {
    const x = random([4, 6], 7) as tf.Tensor2D;
    expectGradient((v) => addNorm(v as tf.Tensor2D, residual, weights), x);
    expectGradient((v) => addNorm(x, v as tf.Tensor2D, weights), residual);
    expectGradient((v) => addNorm(x, null, { ...weights, scale: v as tf.Tensor1D }), scale);
    expectGradient((v) => addNorm(x, null, { ...weights, shift: v as tf.Tensor1D }), shift);
  });
});

describe('lookup', () => {
  it('adds up the gradients of rows that are looked up twice', () => {
    const table = random([5, 3], 9) as tf.Tensor2D;
    expectGradient((v) => lookup(v as tf.Tensor2D, Int32Array.of(1, 4, 1, 0), true), table);
  });
});

describe('slots', () => {
  const embedded = random([2 * 5, 3], 10) as tf.Tensor2D;
  const slots = Int32Array.of(0, 3, 1, 4);

  it.each([
    ['shared', [2, 3]],
    ['per row', [2, 2, 3]],
  ])('are filled with a prompt (%s) and pass it its gradient', (_, shape) => {
    const prompt = random(shape, 11) as tf.Tensor2D;
    const filled = fillSlots(embedded, prompt, slots, 5);
    const rows = prompt.rank === 2 ? [0, 1, 0, 1] : [0, 1, 2, 3];
    const flat = tf.reshape(prompt, [-1, 3]);
    for (const [index, row] of [0, 3, 6, 9].entries()) {
      const expected = tf.slice(flat, [rows[index] ?? 0, 0], [1, 3]).dataSync();
      expect(tf.slice(filled, [row, 0], [1, 3]).dataSync()).toEqual(expected);
    }
    expectGradient((v) => fillSlots(embedded, v as tf.Tensor2D, slots, 5), prompt);
    expectGradient((v) => fillSlots(v as tf.Tensor2D, prompt, slots, 5), embedded);
  });

  it('are left out again', () => {
    const picked = Int32Array.of(1, 2, 4);
    const inverse = Int32Array.of(-1, 0, 1, -1, 2);
    const x = random([5, 3], 12) as tf.Tensor2D;
    expect(pickRows(x, picked, inverse).dataSync()).toEqual(tf.gather(x, [1, 2, 4]).dataSync());
    expectGradient((v) => pickRows(v as tf.Tensor2D, picked, inverse), x);
  });
});
