import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kernelEngines, tensorflowKernels } from '../testing/kernel-engines.ts';

interface Sizes {
  readonly batch: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly queries: number;
  readonly keys: number;
  readonly prefix: number;
  readonly isPrefixShared: boolean;
  readonly isMasked: boolean;
  readonly causal: boolean;
}

/** One head, no prefix, nothing masked. */
const smallest: Sizes = {
  batch: 1,
  heads: 1,
  keyHeads: 1,
  headSize: 1,
  queries: 1,
  keys: 1,
  prefix: 0,
  isPrefixShared: true,
  isMasked: false,
  causal: false,
};
const odd = { ...smallest, batch: 3, heads: 4, keyHeads: 4, headSize: 10, queries: 7, keys: 7 };
const cases: [string, Sizes][] = [
  ['one of everything', smallest],
  ['odd sizes', odd],
  ['a shared prefix', { ...odd, prefix: 5 }],
  ['a prefix per row and a mask', { ...odd, prefix: 5, isPrefixShared: false, isMasked: true }],
  ['a causal mask', { ...odd, prefix: 3, causal: true }],
  ['fewer queries than keys', { ...odd, queries: 1, prefix: 2, isMasked: true }],
  ['queries that share keys', { ...odd, keyHeads: 2, prefix: 3, causal: true }],
  ['several blocks', { ...odd, headSize: 32, queries: 150, keys: 150, prefix: 16, isMasked: true }],
  ['a wide head', { ...odd, headSize: 64, queries: 5, keys: 33 }],
];

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

function inputsOf(sizes: Sizes) {
  const { batch, heads, keyHeads, headSize, queries, keys, prefix, isPrefixShared } = sizes;
  const prefixShape = [isPrefixShared ? 1 : batch, keyHeads, prefix, headSize];
  const mask = Float32Array.from({ length: batch * (prefix + keys) }, (_, index) =>
    sizes.isMasked && index % 5 === 2 ? -1e9 : 0,
  );
  return {
    query: random([batch * queries, heads * headSize], 1),
    keyValue: random([batch * keys, 2 * keyHeads * headSize], 2),
    queryBias: random([heads * headSize], 3),
    keyValueBias: random([2 * keyHeads * headSize], 4),
    prefixKeys: random(prefixShape, 5),
    prefixValues: random(prefixShape, 6),
    mask: sizes.isMasked ? tf.tensor2d(mask, [batch, prefix + keys]) : tf.tensor1d([]),
  };
}

type Inputs = ReturnType<typeof inputsOf>;

/** The same out of TF.js's own ops. */
function composed(inputs: Inputs, sizes: Sizes): tf.Tensor {
  const { batch, heads, keyHeads, headSize, queries, keys, prefix } = sizes;
  const split = (rows: tf.Tensor, bias: tf.Tensor, count: number): tf.Tensor =>
    tf.transpose(tf.reshape(tf.add(rows, bias), [batch, -1, count, headSize]), [0, 2, 1, 3]);
  const query = split(inputs.query, inputs.queryBias, heads);
  const both = split(inputs.keyValue, inputs.keyValueBias, 2 * keyHeads);
  const part = (index: number, own: tf.Tensor): tf.Tensor => {
    const rows = tf.slice(both, [0, index * keyHeads, 0, 0], [batch, keyHeads, keys, headSize]);
    const shape = [batch, keyHeads, prefix, headSize];
    const whole = tf.concat([tf.broadcastTo(own, shape), rows], 2);
    const copies = tf.stack(
      Array.from({ length: heads / keyHeads }, () => whole),
      2,
    );
    return tf.reshape(copies, [batch, heads, prefix + keys, headSize]);
  };
  const scores = tf.div(
    tf.matMul(query, part(0, inputs.prefixKeys), false, true),
    Math.sqrt(headSize),
  );
  const rowMask = sizes.isMasked ? tf.reshape(inputs.mask, [batch, 1, 1, prefix + keys]) : 0;
  const future = Float32Array.from({ length: queries * (prefix + keys) }, (_, index) => {
    const [row, column] = [Math.floor(index / (prefix + keys)), index % (prefix + keys)];
    return sizes.causal && column > prefix + keys - queries + row ? -1e9 : 0;
  });
  const masked = tf.add(tf.add(scores, rowMask), tf.tensor2d(future, [queries, prefix + keys]));
  const output = tf.matMul(tf.softmax(masked), part(1, inputs.prefixValues));
  return tf.reshape(tf.transpose(output, [0, 2, 1, 3]), [batch * queries, heads * headSize]);
}

function run(name: string, inputs: tf.NamedTensorMap, sizes: Sizes): tf.Tensor[] {
  const { batch, heads, keyHeads, headSize, causal } = sizes;
  const attributes = { batch, heads, keyHeads, headSize, causal };
  return tf.engine().runKernel(name, inputs, attributes) as unknown as tf.Tensor[];
}

function expectClose(actual: tf.Tensor | undefined, expected: tf.Tensor): void {
  expect(actual?.shape).toEqual(expected.shape);
  if (!actual || actual.size === 0) return;
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(2e-5);
}

describe.each(kernelEngines)('fused attention of $name', ({ isThere, use }) => {
  beforeAll(use);
  // TensorFlow is there once "ptl-engine install" has run.
  beforeEach((context) => context.skip(!isThere));

  test.each(cases)('equals the composed form with %s', (_, sizes) => {
    const inputs = inputsOf(sizes);
    expectClose(run('PtlAttention', inputs, sizes)[0], composed(inputs, sizes));
  });

  test.each(cases)('has the gradients of the composed form with %s', (_, sizes) => {
    const inputs = inputsOf(sizes);
    const dy = random([sizes.batch * sizes.queries, sizes.heads * sizes.headSize], 7);
    const [, logSums] = run('PtlAttention', inputs, sizes) as [tf.Tensor, tf.Tensor];
    const gradients = run('PtlAttentionGrad', { ...inputs, dy, logSums }, sizes);
    const names = ['query', 'keyValue', 'prefixKeys', 'prefixValues'] as const;
    const expected = tf.grads((...values: tf.Tensor[]) => {
      const given = Object.fromEntries(names.map((name, index) => [name, values[index]]));
      return tf.sum(tf.mul(composed({ ...inputs, ...given }, sizes), dy));
    })(names.map((name) => inputs[name]));
    for (const [index, gradient] of expected.entries()) expectClose(gradients[index], gradient);
  });

  test('take queries, keys and values side by side', () => {
    const sizes = { ...odd, prefix: 5, isMasked: true };
    const inputs = inputsOf(sizes);
    const packed = tf.concat([inputs.query, inputs.keyValue], 1);
    const bias = tf.concat([inputs.queryBias, inputs.keyValueBias], 0);
    const both = { query: packed, keyValue: packed, queryBias: bias, keyValueBias: bias };
    const together = { ...inputs, ...both };
    const apart = run('PtlAttention', inputs, sizes);
    const output = run('PtlAttention', together, sizes);
    expect(output[0]?.dataSync()).toEqual(apart[0]?.dataSync());
    const dy = random([21, 40], 7);
    const [logSums] = apart.slice(1) as [tf.Tensor];
    const expected = run('PtlAttentionGrad', { ...inputs, dy, logSums }, sizes);
    const actual = run('PtlAttentionGrad', { ...together, dy, logSums }, sizes);
    expectClose(actual[0], tf.concat(expected.slice(0, 2), 1));
    expect(actual[1]?.size).toBe(0);
    for (const part of [2, 3]) expect(actual[part]?.dataSync()).toEqual(expected[part]?.dataSync());
  });

  test('give what is masked out no weight at all', () => {
    const sizes = { ...odd, isMasked: true };
    const inputs = inputsOf(sizes);
    const hidden = tf.less(tf.reshape(inputs.mask, [-1, 1]), 0);
    const keyValue = tf.where(hidden, tf.fill(inputs.keyValue.shape, 1e3), inputs.keyValue);
    const [changed] = run('PtlAttention', { ...inputs, keyValue }, sizes);
    expectClose(changed, run('PtlAttention', inputs, sizes)[0] as tf.Tensor);
  });
});

describe.skipIf(!tensorflowKernels.isThere)('fused attention of TensorFlow', () => {
  beforeAll(tensorflowKernels.use);

  test.each([
    ['query', [4, 5], 'query has shape [4, 5]'],
    ['keyValue', [21, 79], 'key_value has shape [21, 79]'],
    ['queryBias', [3], 'query_bias has shape [3]'],
    ['prefixKeys', [2, 4, 1, 10], 'prefix_keys has shape [2, 4, 1, 10]'],
    ['mask', [3], 'mask has shape [3]'],
  ] as const)('fail as a TensorFlow error where %s has shape %j', (name, shape, message) => {
    const inputs = { ...inputsOf(odd), [name]: tf.ones([...shape]) };
    expect(() => run('PtlAttention', inputs, odd)).toThrow(message);
  });
});
