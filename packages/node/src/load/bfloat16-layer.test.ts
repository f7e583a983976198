import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder } from '../cache/cache-folder.ts';
import { findInstalled } from '../install/installed-engine.ts';
import { loadTensorflow } from './load-tensorflow.ts';

const installed = await findInstalled(cacheFolder());
const epsilon = 1e-5;

interface Sizes {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly heads: number;
  readonly headSize: number;
  readonly hidden: number;
  readonly inner: number;
  readonly prefix: number;
  /** Whether all rows have one prefix. */
  readonly isShared: boolean;
  readonly isMasked: boolean;
}

const plain: Sizes = {
  batch: 2,
  queries: 5,
  keys: 5,
  heads: 2,
  headSize: 8,
  hidden: 16,
  inner: 32,
  prefix: 0,
  isShared: true,
  isMasked: false,
};

const random = (shape: number[], spread: number, seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, spread, 'float32', seed);

/** The nearest numbers of 8 bits of precision, ties to even. */
function rounded<T extends tf.Tensor>(tensor: T): T {
  const words = new Uint32Array(Float32Array.from(tensor.dataSync()).buffer);
  const nearest = words.map((word) => (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000);
  return tf.tensor(new Float32Array(nearest.buffer), tensor.shape) as T; // Of the same rank.
}

type Layer = Readonly<Record<string, tf.Tensor>>;

/** Inputs of the kernel, weights in float32. */
function layerOf(sizes: Sizes): Layer {
  const { batch, queries, keys, heads, headSize, hidden, inner, prefix } = sizes;
  const width = heads * headSize;
  const linear = (out: number, size: number, seed: number) =>
    rounded(random([out, size], 1.5 / Math.sqrt(size), seed));
  const seen = random([batch * keys, hidden], 1, 1);
  const prefixShape = [sizes.isShared ? 1 : batch, heads, prefix, headSize];
  const hides = Float32Array.from({ length: batch * (prefix + keys) }, (_, place) =>
    place % (prefix + keys) > 1 && place % 3 === 0 ? -1e9 : 0,
  );
  return {
    rows: queries === keys ? seen : random([batch * queries, hidden], 1, 2),
    hidden: seen,
    input: linear(3 * width, hidden, 3),
    inputBias: random([3 * width], 0.3, 4),
    attended: linear(hidden, width, 5),
    attendedBias: random([hidden], 0.3, 6),
    attendedScale: random([hidden], 1, 7),
    attendedShift: random([hidden], 0.3, 8),
    inner: linear(inner, hidden, 9),
    innerBias: random([inner], 0.3, 10),
    output: linear(hidden, inner, 11),
    outputBias: random([hidden], 0.3, 12),
    outputScale: random([hidden], 1, 13),
    outputShift: random([hidden], 0.3, 14),
    prefixKeys: random(prefixShape, 1, 15),
    prefixValues: random(prefixShape, 1, 16),
    mask: sizes.isMasked ? tf.tensor1d(hides) : tf.tensor1d([]),
  };
}

const given = (layer: Layer, name: string): tf.Tensor => layer[name] ?? tf.scalar(Number.NaN);

function run(layer: Layer, sizes: Sizes): tf.Tensor {
  const weights = ['input', 'attended', 'inner', 'output'].map((name) => [
    name,
    tf.engine().runKernel('PtlBfloat16Pack', { matrix: given(layer, name) }),
  ]);
  const inputs = { ...layer, ...Object.fromEntries(weights) };
  const { batch, heads, headSize } = sizes;
  const settings = { batch, heads, headSize, epsilon };
  const [output] = tf
    .engine()
    .runKernel('PtlBfloat16EncoderLayer', inputs, settings) as tf.Tensor[];
  return output ?? tf.scalar(Number.NaN);
}

/** The same out of TF.js's ops, in float32, rounded where the kernel rounds. */
function composed(layer: Layer, sizes: Sizes): tf.Tensor {
  const { batch, queries, keys, heads, headSize, prefix } = sizes;
  const get = (name: string): tf.Tensor => given(layer, name);
  const width = heads * headSize;
  const project = (x: tf.Tensor, name: string): tf.Tensor =>
    tf.add(tf.matMul(rounded(x), get(name), false, true), get(`${name}Bias`));
  const part = (x: tf.Tensor, at: number, positions: number): tf.Tensor => {
    const own = tf.slice(rounded(project(x, 'input')), [0, at * width], [-1, width]);
    return tf.transpose(tf.reshape(own, [batch, positions, heads, headSize]), [0, 2, 1, 3]);
  };
  const behind = (name: string, own: tf.Tensor): tf.Tensor =>
    tf.concat([tf.broadcastTo(rounded(get(name)), [batch, heads, prefix, headSize]), own], 2);
  const key = behind('prefixKeys', part(get('hidden'), 1, keys));
  const value = behind('prefixValues', part(get('hidden'), 2, keys));
  const products = tf.matMul(part(get('rows'), 0, queries), key, false, true);
  const scores = tf.mul(products, 1 / Math.sqrt(headSize));
  const mask = get('mask');
  const masked = mask.size
    ? tf.add(scores, tf.reshape(mask, [batch, 1, 1, prefix + keys]))
    : scores;
  const powers = tf.exp(tf.sub(masked, tf.max(masked, -1, true)));
  const weighed = tf.div(tf.matMul(rounded(powers), value), tf.sum(powers, -1, true));
  const context = tf.reshape(tf.transpose(weighed, [0, 2, 1, 3]), [batch * queries, width]);
  const norm = (x: tf.Tensor, name: string): tf.Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    const hat = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(hat, get(`${name}Scale`)), get(`${name}Shift`));
  };
  const middle = norm(tf.add(project(context, 'attended'), get('rows')), 'attended');
  const inner = project(middle, 'inner');
  const gelu = tf.mul(inner, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(inner, Math.SQRT1_2)))));
  return norm(tf.add(project(gelu, 'output'), middle), 'output');
}

describe.skipIf(!installed)(
  'a layer in bfloat16 (skipped unless "ptl-engine install" has run)',
  () => {
    beforeAll(async () => {
      if (installed) await loadTensorflow(installed);
    });

    beforeEach(({ skip }) => {
      const has = tf.getKernel('PtlBfloat16EncoderLayer', 'tensorflow');
      if (!has) skip('this processor has no AVX-512 BF16, or the compiler does not know it');
    });

    test.each<Partial<Sizes>>([
      { batch: 1, queries: 1, keys: 1, heads: 1, headSize: 2, hidden: 2, inner: 2 },
      {
        batch: 3,
        queries: 7,
        keys: 7,
        heads: 3,
        headSize: 6,
        hidden: 22,
        inner: 66,
        isMasked: true,
      },
      { batch: 2, queries: 65, keys: 65, headSize: 16, hidden: 34, inner: 98, prefix: 16 },
      { batch: 2, queries: 33, keys: 33, prefix: 15, isShared: false, isMasked: true },
      { batch: 3, queries: 1, keys: 17, headSize: 32, hidden: 130, inner: 70, prefix: 17 },
      { batch: 1, queries: 100, keys: 100, heads: 3, headSize: 64, hidden: 192, inner: 1100 },
      { batch: 2, queries: 4, keys: 40, heads: 1, headSize: 70, prefix: 3, isMasked: true },
      { batch: 40, queries: 32, keys: 32, heads: 4, headSize: 32, hidden: 128, prefix: 8 },
    ])('is the composed form, but for roundings: %o', (chosen) => {
      const sizes = { ...plain, ...chosen };
      const layer = layerOf(sizes);
      const [own, expected] = [run(layer, sizes), composed(layer, sizes)];
      expect(own.shape).toEqual([sizes.batch * sizes.queries, sizes.hidden]);
      // Sums in another order may fall on the other side of a rounding, which changes a factor by 2^-8.
      const difference = tf.sub(own, expected);
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(0.05);
      expect(tf.sqrt(tf.mean(tf.square(difference))).dataSync()[0]).toBeLessThan(0.002);
    });

    test('gives a row the same bits whatever its neighbours and the padding behind it', () => {
      const sizes = { ...plain, batch: 1, queries: 40, keys: 40, prefix: 5 };
      const alone = layerOf(sizes);
      const padded = (rows: tf.Tensor, count: number): tf.Tensor =>
        tf.concat([rows, tf.randomNormal([count, sizes.hidden], 0, 1, 'float32', 20)], 0);
      // Nine rows of padding behind the first row of the batch, and three rows of 49 besides.
      const hidden = padded(given(alone, 'hidden'), 9 + 3 * 49);
      const hides = Float32Array.from({ length: 4 * 54 }, (_, place) =>
        place >= 45 && place < 54 ? -1e9 : 0,
      );
      const mask = tf.tensor1d(hides);
      const together = run(
        { ...alone, rows: hidden, hidden, mask },
        { ...sizes, batch: 4, queries: 49, keys: 49 },
      );
      const first = tf.slice(together, [0, 0], [40, sizes.hidden]);
      expect(first.dataSync()).toEqual(run(alone, sizes).dataSync());
    });

    test('takes no rows at all, and a prefix alone to look at', () => {
      const none = { ...plain, queries: 0, keys: 3 };
      expect(run(layerOf(none), none).shape).toEqual([0, plain.hidden]);
      const blind = { ...plain, queries: 2, keys: 0, prefix: 3 };
      const layer = layerOf(blind);
      const difference = tf.sub(run(layer, blind), composed(layer, blind));
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(0.05);
    });

    test.each<[string, Partial<Sizes>, RegExp, (layer: Layer) => Layer]>([
      ['another width', {}, /hidden has/, (layer) => ({ ...layer, rows: tf.zeros([10, 18]) })],
      ['rows of no batch', { batch: 3 }, /rows has shape \[10, 16\]/, (layer) => layer],
      [
        'a bias too short',
        {},
        /bias of inner.*\[31\]/,
        (l) => ({ ...l, innerBias: tf.zeros([31]) }),
      ],
      ['another weight', {}, /attended has shape/, (l) => ({ ...l, attended: given(l, 'inner') })],
      ['a short norm', {}, /output_norm has/, (l) => ({ ...l, outputShift: tf.zeros([4]) })],
      ['a lone prefix', {}, /prefix_keys/, (l) => ({ ...l, prefixKeys: tf.zeros([1, 2, 3, 8]) })],
      ['a short mask', {}, /mask has shape/, (layer) => ({ ...layer, mask: tf.zeros([7]) })],
      ['an odd head', { heads: 16, headSize: 1 }, /even head_size/, (layer) => layer],
      ['a mask of whole numbers', {}, /float/, (l) => ({ ...l, mask: tf.zeros([1], 'int32') })],
    ])('fails as an error with %s, and leaves no tensor behind', (_, chosen, message, change) => {
      const layer = change(layerOf(plain));
      const sizes = { ...plain, ...chosen };
      const before = tf.memory().numTensors;
      expect(() => tf.tidy(() => run(layer, sizes))).toThrow(message);
      expect(tf.memory().numTensors).toBe(before);
    });

    test('leaves nothing but its result behind', () => {
      const layer = layerOf(plain);
      const before = tf.memory().numTensors;
      const output = tf.tidy(() => run(layer, plain));
      expect(tf.memory().numTensors).toBe(before + 1);
      output.dispose();
    });
  },
);
