import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kernelEngines, tensorflowKernels } from '../testing/kernel-engines.ts';

function run(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes: tf.NamedAttrMap = {},
): tf.Tensor[] {
  const output = tf.engine().runKernel(name, inputs, attributes);
  return Array.isArray(output) ? output : [output as tf.Tensor];
}

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

function expectClose(actual: tf.Tensor | undefined, expected: tf.Tensor, tolerance = 2e-6): void {
  expect(actual?.shape).toEqual(expected.shape);
  if (!actual || actual.size === 0) return;
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(tolerance);
}

const normalCdf = (x: tf.Tensor): tf.Tensor =>
  tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));

/** Odd sizes, fewer values than a vector holds, more than one thread's share, and none. */
const shapes = [
  [1, 1],
  [3, 7],
  [5, 384],
  [301, 129],
  [2000, 33],
  [0, 8],
];

const normInputs = { x: [2, 3], residual: [2, 3], bias: [3], scale: [3], shift: [3] };

describe.each(kernelEngines)('fused kernels of $name', ({ isThere, use }) => {
  beforeAll(use);
  // TensorFlow is there once "ptl-engine install" has run.
  beforeEach((context) => context.skip(!isThere));

  test.each(shapes)('compute GELU and its gradient for [%i, %i]', (rows, width) => {
    const x = tf.mul(random([rows, width], 1), 3);
    const bias = random([width], 3);
    const dy = random([rows, width], 2);
    const sum = tf.add(x, bias);
    expectClose(run('PtlGelu', { x, bias })[0], tf.mul(sum, normalCdf(sum)));
    const density = tf.mul(tf.exp(tf.mul(tf.square(sum), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    const expected = tf.mul(dy, tf.add(normalCdf(sum), tf.mul(sum, density)));
    expectClose(run('PtlGeluGrad', { dy, x, bias })[0], expected);
  });

  test('keep GELU exact far from zero, and pass on what is not finite', () => {
    const x = tf.tensor2d([[-100, -20, -5, 20, 100, Number.POSITIVE_INFINITY, Number.NaN]]);
    const values = Array.from(run('PtlGelu', { x, bias: tf.zeros([7]) })[0]?.dataSync() ?? []);
    expect(values.slice(0, 2).map(Math.abs)).toEqual([0, 0]);
    expect(values[2]).toBeCloseTo(-1.4332578e-6, 8); // scipy.stats.norm.cdf(-5) * -5
    expect(values.slice(3)).toEqual([20, 100, Number.POSITIVE_INFINITY, Number.NaN]);
  });

  test.each(shapes)('normalize a sum and pass on its gradient for [%i, %i]', (rows, width) => {
    const [x, residual, dy] = [1, 2, 3].map((seed) => random([rows, width], seed)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ]; // One for each seed.
    const scale = random([width], 4);
    const shift = random([width], 5);
    const bias = random([width], 6);
    const epsilon = 1e-5;
    const sum = tf.add(tf.add(x, bias), residual);
    const centered = tf.sub(sum, tf.mean(sum, 1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), epsilon));
    const normalized = tf.mul(centered, inverse);
    const outputs = run('PtlAddNorm', { x, residual, bias, scale, shift }, { epsilon });
    expectClose(outputs[0], tf.add(tf.mul(normalized, scale), shift), 1e-5);
    expectClose(outputs[1], normalized, 1e-5);
    if (width > 1) expectClose(outputs[2], inverse, 1e-4);
    const scaled = tf.mul(dy, scale);
    const along = tf.mean(tf.mul(scaled, normalized), 1, true);
    const part = tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), tf.mul(normalized, along));
    if (width === 1) return; // One value has no variance: 1 / σ is 1 / √ε, and rounding decides.
    expectClose(
      run('PtlAddNormGrad', { dy, normalized, inverse, scale })[0],
      tf.mul(part, inverse),
      1e-4,
    );
  });

  test('give the same bits each time', () => {
    const x = random([256, 384], 1);
    const bits = () => run('PtlGelu', { x, bias: tf.zeros([384]) })[0]?.dataSync();
    expect(bits()).toEqual(bits());
  });
});

describe.skipIf(!tensorflowKernels.isThere)('fused kernels of TensorFlow', () => {
  beforeAll(tensorflowKernels.use);

  test.each([
    ['PtlGelu', { x: [2, 3], bias: [2] }, 'x has shape [2, 3], bias has [2]'],
    ['PtlGeluGrad', { dy: [2, 3], x: [3, 2], bias: [2] }, 'dy has shape [2, 3], x has [3, 2]'],
    ['PtlAddNorm', { ...normInputs, residual: [2, 4] }, 'residual has [2, 4]'],
    ['PtlAddNorm', { ...normInputs, scale: [4] }, 'scale has shape [4]'],
    ['PtlAddNorm', { ...normInputs, bias: [2] }, 'bias has shape [2]'],
    ['PtlAddNorm', { ...normInputs, x: [6], residual: [6] }, 'expected rows'],
    ['PtlAddNormGrad', { dy: [2, 3], normalized: [2, 3], inverse: [3], scale: [3] }, 'inverse'],
  ] as const)('fail as a TensorFlow error where %s gets %j', (name, inputs, message) => {
    const tensors = Object.entries(inputs).map(([input, shape]) => [input, tf.ones([...shape])]);
    expect(() => run(name, Object.fromEntries(tensors), { epsilon: 1e-5 })).toThrow(message);
  });

  test('fail as a TensorFlow error where a value is no float', () => {
    const x = tf.ones([2, 2], 'int32');
    expect(() => run('PtlGelu', { x, bias: tf.ones([2]) })).toThrow(/float/);
  });
});
