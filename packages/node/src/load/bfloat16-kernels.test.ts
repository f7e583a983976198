import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { cacheFolder } from '../cache/cache-folder.ts';
import { findInstalled } from '../install/installed-engine.ts';
import { registerBfloat16Kernels } from './bfloat16-kernels.ts';
import { loadTensorflow } from './load-tensorflow.ts';

const installed = await findInstalled(cacheFolder());

/** The nearest number of 8 bits of precision, ties to even, as IEEE 754 rounds. */
function rounded(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  const word = bits[0] ?? 0;
  bits[0] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0] ?? Number.NaN;
}

function run(name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap = {}): tf.Tensor {
  const output = tf.engine().runKernel(name, inputs, attributes);
  return Array.isArray(output) ? (output[0] as tf.Tensor) : (output as tf.Tensor);
}

function random(shape: [number, number], seed: number): tf.Tensor2D {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

function roundAll(matrix: tf.Tensor2D): tf.Tensor2D {
  return tf.tensor2d(Float32Array.from(matrix.dataSync(), rounded), matrix.shape);
}

describe.skipIf(!installed)('bfloat16 (skipped unless "ptl-engine install" has run)', () => {
  beforeAll(async () => {
    if (!installed) return;
    await loadTensorflow(installed);
    registerBfloat16Kernels(); // Right everywhere, though fast only where it is used.
  });

  test('packs the nearest numbers, two neighbours in one', () => {
    const values = [1, 1.00390625, 1.01171875, -2.7, 1e-30, 3e38, 0, -0];
    const packed = run('PtlBfloat16Pack', { matrix: tf.tensor2d(values, [2, 4]) });
    expect([packed.dtype, packed.shape]).toEqual(['int32', [2, 2]]);
    const halves = new Uint16Array(Int32Array.from(packed.dataSync()).buffer);
    const unpacked = Array.from(halves, (half) => {
      return new Float32Array(Uint32Array.of(half << 16).buffer)[0];
    });
    expect(unpacked).toEqual(values.map(rounded));
  });

  test.each([
    [1, 2, 1],
    [3, 8, 5],
    [17, 40, 30],
    [64, 384, 96],
  ])('multiplies [%i, %i] by %i columns, either way round', (rows, inner, columns) => {
    const x = random([rows, inner], 1);
    for (const transpose of [true, false]) {
      // Packed along its rows, which must be of even length.
      const width = transpose ? inner : columns + (columns % 2);
      const matrix = random([transpose ? columns : inner, width], 2);
      const weight = run('PtlBfloat16Pack', { matrix });
      const product = run('PtlBfloat16Product', { x, weight }, { transpose });
      const exact = tf.matMul(roundAll(x), roundAll(matrix), false, transpose);
      // The result is rounded once more, to 8 bits.
      const excess = tf.sub(tf.abs(tf.sub(product, exact)), tf.mul(tf.abs(exact), 2 ** -8));
      expect(excess.max().dataSync()[0]).toBeLessThan(1e-5 * Math.sqrt(inner));
    }
  });

  test('leaves no tensor behind, and fails as an error where shapes do not fit', () => {
    const x = random([4, 6], 1);
    const weight = run('PtlBfloat16Pack', { matrix: random([6, 4], 2) });
    const before = tf.memory().numTensors;
    run('PtlBfloat16Product', { x, weight }, { transpose: false }).dispose();
    expect(() => run('PtlBfloat16Product', { x, weight }, { transpose: true })).toThrow(
      /matri(x|ces).*(compatible|fit)/i,
    );
    expect(() => run('PtlBfloat16Pack', { matrix: random([2, 3], 1) })).toThrow(/reshape/i);
    expect(tf.memory().numTensors).toBe(before + 1); // The matrix of three columns.
  });
});
