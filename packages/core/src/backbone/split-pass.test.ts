import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../contract/batch.ts';
import type { LayerPrefixes, Prompt } from '../contract/prompt.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import type { Backbone, ForwardOptions } from './backbone.ts';
import {
  decoderNames,
  prefixOf as decoderPrefixOf,
  loadDecoder,
  referenceOf,
} from './decoder-case.ts';
import { batchOf, families, loadCase, prefixOf, stored } from './encoder-case.ts';
import { loadSeq2Seq } from './seq2seq-case.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The same prompt with no prefix below a layer. */
function above(prompt: Prompt, layer: number): LayerPrefixes {
  if (prompt.kind !== 'layer-prefixes') throw new TypeError('These are prefixes.');
  const sites = Object.entries(prompt.sites).map(([site, layers]) => [
    site,
    layers.map((prefix, index) => (index < layer ? null : prefix)),
  ]);
  return { ...prompt, sites: Object.fromEntries(sites) };
}

/** With zeros where padding is, as a pass may be given it. */
function masked(hidden: tf.Tensor3D, { attentionMask, size, sequence }: Batch): tf.Tensor3D {
  const mask = tf.tensor3d(Float32Array.from(attentionMask), [size, sequence, 1]);
  return tf.add(tf.mul(hidden, mask), 0); // No -0, which would not equal 0.
}

/** Holds passes in two parts against whole ones, bit for bit where a real token is read. */
function compare(backbone: Backbone, batch: Batch, prompt: Prompt): void {
  const { numLayers, hiddenSize } = backbone.geometry;
  for (let layer = 0; layer < numLayers; layer++) {
    for (const positionOffset of layer === 1 ? (['shift', 'none'] as const) : ['shift' as const]) {
      tf.tidy(() => {
        const rest = above(prompt, layer);
        const until = backbone.forward(batch, rest, { positionOffset, until: layer });
        expect(until.shape).toEqual([batch.size, batch.sequence, hiddenSize]);
        const from = { layer, hidden: masked(until, batch) };
        const both = (options: ForwardOptions) =>
          [{}, { from }].map((part) =>
            backbone.forward(batch, rest, { positionOffset, ...options, ...part }),
          ) as [tf.Tensor3D, tf.Tensor3D];
        const [whole, parts] = both({ read: 'summary' });
        expect(parts.dataSync()).toEqual(whole.dataSync());
        const [every, everyPart] = both({ read: 'all' });
        expect(masked(everyPart, batch).dataSync()).toEqual(masked(every, batch).dataSync());
      });
    }
  }
}

describe('a pass that starts from the input of a layer', () => {
  it.each(families)(
    'gives what one pass gives, in %s',
    async (family) => {
      const loaded = await loadCase(family);
      using backbone = loaded.backbone;
      const parts = ['keys', 'values'].map((part) => stored(loaded.reference, `prefix.${part}`));
      compare(backbone, batchOf(loaded.reference, 'batch', { behind: 2 }), prefixOf(parts));
    },
    30_000,
  );

  it.each(decoderNames)(
    'gives what one pass gives, in %s',
    (name) => {
      using backbone = loadDecoder(name);
      const { tensor, batch } = referenceOf(name);
      const prompt = decoderPrefixOf(tensor('prefix.keys'), tensor('prefix.values'));
      for (const side of ['right', 'left']) compare(backbone, batch(side), prompt);
    },
    30_000,
  );

  it('depends on what it starts from', () => {
    using backbone = createTinyBackbone();
    const [one, other] = [1, 2].map((seed) => {
      const hidden = tf.randomNormal<tf.Rank.R3>([1, 2, 8], 0, 1, 'float32', seed);
      return backbone.forward(bare, { kind: 'none' }, { from: { layer: 1, hidden } }).arraySync();
    });
    expect(one).not.toEqual(other);
  });

  it.each([-1, 2, 0.5])('cannot stop at layer %d of two', (until) => {
    using backbone = createTinyBackbone();
    const run = () => backbone.forward(bare, { kind: 'none' }, { until });
    expect(run).toThrow(/layer to stop at .* expected one of 0 to 1/);
  });

  it('is refused of an encoder-decoder, whose layers are two lines', () => {
    using backbone = loadSeq2Seq('bart');
    const run = () => backbone.forward(bare, { kind: 'none' }, { until: 1 });
    expect(run).toThrow(/BACKBONE_UNSUPPORTED.*cannot be run in parts/);
  });

  const bare: Batch = {
    size: 1,
    sequence: 2,
    inputIds: Int32Array.of(1, 2),
    attentionMask: Uint8Array.of(1, 1),
    tokenTypeIds: new Int32Array(2),
    promptLength: 0,
    slots: new Int32Array(),
  };

  it.each([
    [2, [1, 2, 8], /expected one of 0 to 1, got 2/],
    [1, [1, 3, 8], /expected \[1, 2, 8\], got \[1, 3, 8\]/],
    [1, [1, 2, 8], /expected prefixes from layer 1 on, got one in layer 0/],
  ] as const)(
    'is refused from layer %i with %j where that does not fit',
    (layer, shape, message) => {
      using backbone = createTinyBackbone();
      const part = tf.zeros<tf.Rank.R3>([2, 1, 4]);
      const encoder = [{ keys: part, values: part }, null];
      const from = { layer, hidden: tf.zeros<tf.Rank.R3>([...shape]) };
      const prompt = { kind: 'layer-prefixes', sites: { encoder } } as const;
      expect(() => backbone.forward(bare, prompt, { from })).toThrow(message);
    },
  );
});
