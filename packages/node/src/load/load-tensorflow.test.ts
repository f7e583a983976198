import { readdir } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { cacheFolder } from '../cache/cache-folder.ts';
import { findInstalled } from '../install/installed-engine.ts';
import { bundleProgram, startProgram } from '../testing/child-program.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { loadTensorflow } from './load-tensorflow.ts';
import { statelessUniformName } from './stateless-uniform.ts';
import { tensorBoardWriter } from './tensorboard-writer.ts';

const installed = await findInstalled(cacheFolder());

describe.skipIf(!installed)('TensorFlow (skipped unless "ptl-engine install" has run)', () => {
  beforeAll(async () => {
    if (installed) await loadTensorflow(installed);
  });

  test('computes products and gradients', async () => {
    const loss = (x: tf.Tensor) => tf.sum(tf.tanh(tf.matMul(x, tf.ones([3, 2]))));
    const gradient = tf.grad(loss)(tf.tensor2d([[0.1, 0.2, 0.3]]));
    // d/dx Σⱼ tanh(Σᵢ xᵢ) = 2 (1 - tanh²(0.6))
    const expected = 2 * (1 - Math.tanh(0.6) ** 2);
    for (const value of await gradient.data()) expect(value).toBeCloseTo(expected, 6);
    expect(tf.getBackend()).toBe('tensorflow');
  });

  test('can be loaded again, and says the same', async () => {
    if (!installed) return;
    const first = await loadTensorflow(installed);
    expect(await loadTensorflow(installed, first.threads + 1)).toEqual(first);
    expect(first.version).toBe(installed.plan.version);
  });

  test('draws uniform numbers from a seed alone', async () => {
    const first = draw([50, 40], [7, 1]);
    const values = Array.from(await first.data());
    draw([3], [1, 1]);
    expect(Array.from(await draw([50, 40], [7, 1]).data())).toEqual(values);
    expect(Array.from(await draw([50, 40], [7, 2]).data())).not.toEqual(values);
    expect(first.shape).toEqual([50, 40]);
    expect(first.dtype).toBe('float32');
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    // Five standard errors of the mean of 2000 draws, each of standard deviation 1/√12.
    expect(Math.abs(mean - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(2000));
  });

  test('keeps no tensor of its own when it draws', () => {
    const before = tf.memory().numTensors;
    draw([4], [1, 2]).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('draws a scalar', () => {
    expect(draw([], [1, 2]).shape).toEqual([]);
  });

  test('writes a log for TensorBoard', async () => {
    const folder = await temporaryFolder();
    const writer = tensorBoardWriter(folder);
    writer?.scalar('loss', 0.5, 1);
    writer?.close();
    expect((await readdir(folder)).filter((name) => name.includes('tfevents'))).toHaveLength(1);
  });

  test('starts with nothing on the terminal but the line that names it', async () => {
    const program = await bundleProgram('testing/use-engine-child.ts');
    const { TF_CPP_MIN_LOG_LEVEL: _level, ...env } = process.env;
    const result = await startProgram(program, [], { ...env, PTL_ENGINE: '' }).ended;
    expect(result.stderr).toMatch(/^Engine: TensorFlow \S+ on [CG]PU, \d+ threads\.\n$/);
    expect(result).toMatchObject({ code: 0, stdout: '6' });
  });
});

test('there is no TensorBoard log without TensorFlow', async () => {
  const backend = tf.getBackend();
  await tf.setBackend('cpu');
  expect(tensorBoardWriter('nowhere')).toBeUndefined();
  if (backend) await tf.setBackend(backend);
});

function draw(shape: number[], seed: [number, number]): tf.Tensor {
  const result = tf.engine().runKernel(statelessUniformName, {}, { shape, seed });
  if (Array.isArray(result)) throw new Error('one tensor was expected');
  return result as tf.Tensor;
}
