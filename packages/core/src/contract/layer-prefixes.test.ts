import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { joinLayerPrefixes, prefixWidth, splitLayerPrefixes } from './layer-prefixes.ts';

// Three key-value heads of size 5: neither divides the other, and 15 is no hidden size of its own.
const geometry = { numLayers: 2, numKeyValueHeads: 3, headSize: 5 };
const prefixLength = 4;

/** A flat prefix in which each entry is its own index. */
function counted(): tf.Tensor2D {
  const width = prefixWidth(geometry);
  return tf.reshape(tf.range(0, prefixLength * width), [prefixLength, width]);
}

it('puts each column where the layout of PEFT says it goes', () => {
  tf.tidy(() => {
    const width = prefixWidth(geometry);
    const { numLayers, numKeyValueHeads, headSize } = geometry;
    const layers = splitLayerPrefixes(counted(), geometry);
    expect(layers).toHaveLength(numLayers);
    for (const [layer, { keys, values }] of layers.entries()) {
      for (const [kind, tensor] of [keys, values].entries()) {
        const expected = Array.from({ length: numKeyValueHeads }, (_, head) =>
          Array.from({ length: prefixLength }, (_, row) =>
            Array.from({ length: headSize }, (_, entry) => {
              const column = ((layer * 2 + kind) * numKeyValueHeads + head) * headSize + entry;
              return row * width + column;
            }),
          ),
        );
        expect(tensor.arraySync()).toEqual(expected);
      }
    }
  });
});

it('joins what it split', () => {
  tf.tidy(() => {
    const joined = joinLayerPrefixes(splitLayerPrefixes(counted(), geometry));
    expect(joined.arraySync()).toEqual(counted().arraySync());
  });
});

it('passes the gradient of each layer to its own columns', () => {
  tf.tidy(() => {
    const gradient = tf.grad((flat) => {
      const [, last] = splitLayerPrefixes(flat as tf.Tensor2D, geometry);
      return last ? tf.sum(last.values) : tf.scalar(0);
    })(counted());
    const width = prefixWidth(geometry);
    const row = Array.from({ length: width }, (_, column) => (column >= (width * 3) / 4 ? 1 : 0));
    expect(gradient.arraySync()).toEqual(Array.from({ length: prefixLength }, () => row));
  });
});
