import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../contract/batch.ts';
import type { AttentionSite, LayerPrefix, LayerPrefixes, Prompt } from '../contract/prompt.ts';
import { hashed } from '../testing/hashed-weights.ts';
import type { Backbone } from './backbone.ts';
import {
  batchOf,
  largestDifference,
  loadSeq2Seq,
  logitsOf,
  prefixOf,
  prefixTensors,
  realRows,
  reference,
  type SourcePadding,
  sites,
  targetOf,
  wholeNames,
} from './seq2seq-case.ts';

const none: Prompt = { kind: 'none' };

function run(backbone: Backbone, batch: Batch, prompt: Prompt, options = {}): tf.Tensor2D {
  return realRows(backbone.forward(batch, prompt, options), batch);
}

/** The prefixes of the fixtures at one site, with their positions in another order. */
function prefixAt(backbone: Backbone, site: AttentionSite, order: number[]): LayerPrefixes {
  const parts = prefixTensors(backbone).slice(2 * sites.indexOf(site), 2 * sites.indexOf(site) + 2);
  return prefixOf(
    parts.map((part) => tf.gather(part, order, 2)),
    [site],
  );
}

describe.each(wholeNames)('%s', (name) => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  const vectors: Prompt = {
    kind: 'virtual-tokens',
    embeddings: tf.tensor2d(hashed('prompt.vectors', [4, 40]), [4, 40]),
  };
  const prompts: [string, (backbone: Backbone) => Prompt, SourcePadding][] = [
    ['no prompt', () => none, {}],
    ['prefixes', (backbone) => prefixOf(prefixTensors(backbone)), {}],
    ['virtual tokens', () => vectors, { slots: 4 }],
  ];

  it.each(prompts)('gives real tokens the same with more padding, with %s', (_, make, padding) => {
    using backbone = loadSeq2Seq(name);
    const prompt = make(backbone);
    const expected = run(backbone, batchOf(padding), prompt);
    for (const side of ['left', 'right'] as const) {
      const actual = run(backbone, batchOf({ ...padding, side, more: 3 }), prompt);
      expect(largestDifference(actual, expected)).toBeLessThan(1e-5);
    }
  });

  it('gives a row alone what it gives it among rows with other prefix lengths', () => {
    using backbone = loadSeq2Seq(name);
    const lengths = [3, 0, 2];
    const rows = [1, -2, 0.5]; // A prefix for each row: the stored one times this.
    const own = rows.map((factor) => prefixTensors(backbone).map((part) => tf.mul(part, factor)));
    const all = prefixTensors(backbone).map((_, index) =>
      tf.stack(
        own.map((parts) => parts[index] as tf.Tensor), // One for each site and kind.
        1,
      ),
    );
    const together = run(backbone, batchOf(), { ...prefixOf(all), lengths });
    const alone = lengths.map((length, row) => {
      const parts = (own[row] ?? []).map((part) =>
        tf.slice(part, [0, 0, 0, 0], [-1, -1, length, -1]),
      );
      return run(backbone, batchOf({}, [row]), length === 0 ? none : prefixOf(parts));
    });
    expect(largestDifference(together, tf.concat(alone))).toBeLessThan(1e-5);
  });

  it('gives an empty prefix the bits of no prefix, at all sites', () => {
    using backbone = loadSeq2Seq(name);
    const empty = prefixTensors(backbone).map((part) =>
      tf.slice(part, [0, 0, 0, 0], [-1, -1, 0, -1]),
    );
    const actual = run(backbone, batchOf(), prefixOf(empty));
    expect(actual.dataSync()).toEqual(run(backbone, batchOf(), none).dataSync());
  });

  it('moves nothing behind a site that has no prefix, whatever the lengths', () => {
    using backbone = loadSeq2Seq(name);
    const prompt = prefixAt(backbone, 'encoder', [0, 1, 2]);
    const expected = run(backbone, batchOf(), prompt);
    const actual = run(backbone, batchOf(), { ...prompt, lengths: [3, 3, 3] });
    expect(actual.dataSync()).toEqual(expected.dataSync());
  });

  it.each(sites)(
    'takes none and an empty prefix of a layer for the same, at the site %s',
    (site) => {
      using backbone = loadSeq2Seq(name);
      const { sites: stored } = prefixAt(backbone, site, [0, 1, 2]);
      const cut = (length: number): LayerPrefix[] =>
        (stored[site] ?? []).map((prefix) => {
          const [keys, values] = [prefix?.keys, prefix?.values].map((part) =>
            tf.slice(part as tf.Tensor, [0, 0, 0], [-1, length, -1]),
          ) as [tf.Tensor3D, tf.Tensor3D];
          return { keys, values };
        });
      const layers = [cut(2)[0], cut(0)[1], cut(3)[2]].map((each) => each ?? null);
      const [actual, expected] = [[layers[0], null, layers[2]], layers].map((each) =>
        run(backbone, batchOf(), { kind: 'layer-prefixes', sites: { [site]: each } } as Prompt),
      ) as [tf.Tensor, tf.Tensor];
      expect(actual.dataSync()).toEqual(expected.dataSync());
    },
  );

  it.each(['encoder', 'cross'] as const)('gives a prefix no order at the site %s', (site) => {
    using backbone = loadSeq2Seq(name);
    const [one, other] = [
      [0, 1, 2],
      [2, 0, 1],
    ].map((order) => run(backbone, batchOf(), prefixAt(backbone, site, order)));
    expect(largestDifference(one as tf.Tensor, other as tf.Tensor)).toBeLessThan(1e-5);
    const bare = run(backbone, batchOf(), none);
    expect(largestDifference(one as tf.Tensor, bare)).toBeGreaterThan(1e-2);
  });

  it.each([
    ['in front', [0, 1, 2]],
    ['behind the first token', [1, 2, 3]],
    ['at the end', [4, 5, 6]],
    ['between others', [1, 3, 6]],
  ])('takes the embeddings of real tokens for these tokens, %s', (_, places) => {
    using backbone = loadSeq2Seq(name);
    const batch = batchOf({}, [0]);
    const ids = places.map((place) => batch.inputIds[place] ?? 0);
    const inputIds = batch.inputIds.map((id, place) => (places.includes(place) ? 0 : id));
    const slots = Int32Array.from(places);
    const filled = { ...batch, inputIds, slots, promptLength: 3 };
    const embeddings = backbone.embeddingsOf(ids);
    const actual = run(backbone, filled, { kind: 'virtual-tokens', embeddings });
    expect(largestDifference(actual, run(backbone, batch, none))).toBeLessThan(1e-6);
  });

  it('fills the slots of each row where that row has them, with its own embeddings', () => {
    using backbone = loadSeq2Seq(name);
    const batch = batchOf({}, [0, 1]);
    const slots = Int32Array.from([1, 5, 0, 2]);
    const ids = [31, 40, 71, 18];
    const inputIds = batch.inputIds.map((id) => (ids.includes(id) ? 0 : id));
    const embeddings = tf.reshape<tf.Rank.R3>(backbone.embeddingsOf(ids), [2, 2, 40]);
    const filled = { ...batch, inputIds, slots, promptLength: 2 };
    const actual = run(backbone, filled, { kind: 'virtual-tokens', embeddings });
    expect(largestDifference(actual, run(backbone, batch, none))).toBeLessThan(1e-6);
  });

  it('reads its own words alone from what it is to write', () => {
    using backbone = loadSeq2Seq(name);
    const [one, other] = [
      [6, 44, 13, 3],
      [6, 44, 70, 71],
    ].map((row) => {
      const batch = { ...batchOf({}, [0]), target: targetOf([row]) };
      return tf.slice(run(backbone, batch, none), [0, 0], [3, -1]);
    }) as [tf.Tensor, tf.Tensor];
    expect(one.dataSync()).toEqual(other.dataSync());
  });

  it('makes a prefix for each layer of its encoder of a text', () => {
    using backbone = loadSeq2Seq(name);
    const { numLayers, numHeads, headSize } = backbone.geometry;
    const before = tf.memory().numTensors;
    const encoder = backbone.keysAndValuesOf([5, 6, 7, 8]);
    expect(tf.memory().numTensors - before).toBe(2 * numLayers);
    expect(encoder.map(({ keys }) => keys.shape)).toEqual(
      Array.from({ length: numLayers }, () => [numHeads, 4, headSize]),
    );
    const prompt: Prompt = { kind: 'layer-prefixes', sites: { encoder } };
    const bare = run(backbone, batchOf(), none);
    expect(largestDifference(run(backbone, batchOf(), prompt), bare)).toBeGreaterThan(1e-2);
  });

  it('leaves no tensor behind', () => {
    using backbone = loadSeq2Seq(name);
    const prompt = prefixOf(prefixTensors(backbone));
    const before = tf.memory().numTensors;
    tf.tidy(() => logitsOf(backbone, run(backbone, batchOf(), prompt))).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a prefix of the decoder', () => {
  it.each(['t5', 'bart'])('in %s stands for the text in front that has its keys', (name) => {
    using backbone = loadSeq2Seq(name);
    const parts = ['keys', 'values'].map((part) => reference(name, `text.${part}`));
    const actual = run(backbone, batchOf({}, [0]), prefixOf(parts, ['decoder']));
    const expected = tf.squeeze(reference(name, 'text.hidden'), [0]);
    expect(largestDifference(actual, expected)).toBeLessThan(1e-5);
  });

  it('has an order in T5, unless it moves no positions', () => {
    using backbone = loadSeq2Seq('t5');
    const difference = (positionOffset: 'shift' | 'none'): number => {
      const [one, other] = [
        [0, 1, 2],
        [2, 0, 1],
      ].map((order) => {
        const prompt = prefixAt(backbone, 'decoder', order);
        return run(backbone, batchOf(), prompt, { positionOffset });
      }) as [tf.Tensor, tf.Tensor];
      return largestDifference(one, other);
    };
    expect(difference('shift')).toBeGreaterThan(1e-3);
    expect(difference('none')).toBeLessThan(1e-5);
  });

  it('takes positions of BART away from the target, unless it moves none', () => {
    using backbone = loadSeq2Seq('bart');
    const batch = { ...batchOf({}, [0]), target: targetOf([new Array<number>(30).fill(5)]) };
    const prompt = prefixAt(backbone, 'decoder', [0, 1, 2]);
    expect(() => backbone.forward(batch, prompt)).toThrow('takes 33 positions');
    const shape = [1, 30, 40];
    expect(backbone.forward(batch, prompt, { positionOffset: 'none' }).shape).toEqual(shape);
  });
});
