import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { wasmKernels } from '../testing/kernel-engines.ts';

const rows = { x: [2, 3], residual: [2, 3], bias: [3], scale: [3], shift: [3] };
const attention = {
  query: [6, 8],
  keyValue: [6, 16],
  queryBias: [8],
  keyValueBias: [16],
  prefixKeys: [1, 2, 5, 4],
  prefixValues: [1, 2, 5, 4],
  mask: [3, 7],
};
const sizes = { batch: 3, heads: 2, keyHeads: 2, headSize: 4, causal: false };

function run(name: string, inputs: Readonly<Record<string, readonly number[]>>, attributes = {}) {
  const tensors = Object.entries(inputs).map(([input, shape]) => [input, tf.ones([...shape])]);
  return tf.engine().runKernel(name, Object.fromEntries(tensors), attributes);
}

// Kernels read memory by address: what does not fit would be read past its end.
describe("PTL's kernels on WebAssembly", () => {
  beforeAll(wasmKernels.use);

  test.each([
    ['PtlGelu', { x: [2, 3], bias: [2] }, 'bias has shape [2], not [3]'],
    ['PtlGelu', { x: [6], bias: [6] }, 'x has shape [6]'],
    ['PtlGeluGrad', { dy: [3, 3], x: [2, 3], bias: [3] }, 'dy has shape [3, 3], not [2, 3]'],
    ['PtlAddNorm', { ...rows, residual: [2, 4] }, 'residual has shape [2, 4]'],
    ['PtlAddNorm', { ...rows, shift: [4] }, 'shift has shape [4]'],
    ['PtlAddNormGrad', { dy: [2, 3], normalized: [2, 3], inverse: [3], scale: [3] }, 'inverse'],
  ] as const)('%s refuses %j', (name, inputs, message) => {
    expect(() => run(name, inputs, { epsilon: 1e-5 })).toThrow(message);
  });

  test.each([
    ['query', [7, 8], 'query has shape [7, 8]'],
    ['keyValue', [6, 15], 'keyValue has shape [6, 15]'],
    ['queryBias', [3], 'queryBias has shape [3]'],
    ['prefixKeys', [2, 2, 5, 4], 'prefixKeys has shape [2, 2, 5, 4]'],
    ['prefixValues', [1, 2, 4, 4], 'prefixValues has shape [1, 2, 4, 4]'],
    ['mask', [3], 'mask has shape [3]'],
  ] as const)('attention refuses %s of shape %j', (name, shape, message) => {
    expect(() => run('PtlAttention', attention, sizes)).not.toThrow();
    expect(() => run('PtlAttention', { ...attention, [name]: shape }, sizes)).toThrow(message);
  });

  test('attention refuses heads that cannot share keys, and queries that see nothing', () => {
    expect(() => run('PtlAttention', attention, { ...sizes, keyHeads: 3 })).toThrow('keyHeads 3');
    const fewer = { ...attention, keyValue: [3, 16], mask: [0] };
    expect(() => run('PtlAttention', fewer, { ...sizes, causal: true })).toThrow('no position');
  });

  test('no kernel takes integers', () => {
    const x = tf.ones([2, 2], 'int32');
    const inputs = { x, bias: tf.ones([2]) };
    expect(() => tf.engine().runKernel('PtlGelu', inputs)).toThrow('x must be float32, got int32');
  });
});
