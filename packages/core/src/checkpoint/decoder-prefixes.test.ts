import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { promptFromTensor, promptToTensor } from './adapter-tensors.ts';
import { unevenLengths } from './uneven-prefixes.ts';

const length = 2;
const width = 2 * 2 * 4;

function encoderDecoder(numLayers: number): BackboneGeometry {
  using tiny = createTinyBackbone();
  const attentionSites = ['encoder', 'decoder', 'cross'] as const;
  return { ...tiny.geometry, architecture: 'encoder-decoder', attentionSites, numLayers };
}

/** A matrix whose entries are the numbers of their layers, from 1. */
function storedMatrix(numLayers: number): tf.Tensor2D {
  const row = Array.from({ length: numLayers * width }, (_, at) => 1 + Math.floor(at / width));
  return tf.tensor2d([row, row]);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe("an encoder-decoder's prefixes in PEFT's file", () => {
  // What PEFT 0.21.2 gives the layers of T5 and BART, counted from 1.
  it.each([
    [3, [1, 3, 2]],
    [4, [1, 3, 1, 3]],
    [6, [1, 3, 5, 1, 3, 5]],
  ])('of %i layers go to the decoder, in this order: %j', (layers, expected) => {
    const prompt = promptFromTensor('layer-prefixes', storedMatrix(layers), encoderDecoder(layers));
    const sites = prompt.kind === 'layer-prefixes' ? prompt.sites : {};
    expect(Object.keys(sites)).toEqual(['decoder']);
    expect(sites.decoder?.map((prefix) => prefix?.keys.dataSync()[0])).toEqual(expected);
    expect(sites.decoder?.map((prefix) => prefix?.values.dataSync()[0])).toEqual(expected);
  });

  it.each([
    [3, [1, 2, 3]],
    [6, [1, 0, 3, 0, 5, 0]],
  ])('of %i layers are written where PEFT reads them: %j', (layers, expected) => {
    const geometry = encoderDecoder(layers);
    const prompt = promptFromTensor('layer-prefixes', storedMatrix(layers), geometry);
    expect(unevenLengths(prompt, geometry)).toBe(null);
    if (prompt.kind !== 'layer-prefixes') throw new TypeError(prompt.kind);
    const [first] = promptToTensor(prompt, geometry).arraySync();
    expect(first?.filter((_, at) => at % width === 0)).toEqual(expected);
  });

  it('cannot be a prefix of its own for each of an even number of layers', () => {
    const layerOf = () => ({ keys: tf.ones([2, length, 4]), values: tf.ones([2, length, 4]) });
    const own = (layers: number) =>
      ({
        kind: 'layer-prefixes',
        sites: { decoder: Array.from({ length: layers }, layerOf) as never },
      }) as const;
    expect(unevenLengths(own(4), encoderDecoder(4))).toEqual({ decoder: [2, 2, 2, 2] });
    expect(unevenLengths(own(3), encoderDecoder(3))).toBe(null);
  });

  it.each(['encoder', 'cross'] as const)("cannot be the %s's", (site) => {
    const prefix = { keys: tf.ones([2, length, 4]), values: tf.ones([2, length, 4]) } as never;
    const prompt = { kind: 'layer-prefixes', sites: { [site]: [prefix, prefix, prefix] } } as const;
    expect(unevenLengths(prompt, encoderDecoder(3))).toEqual({ [site]: [2, 2, 2] });
  });
});
