import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import type { LayerPrefixes, Prompt } from '../contract/prompt.ts';
import { readBytes } from '../files/read-file.ts';
import { collate } from '../tokenizer/collate.ts';
import type { Backbone } from './backbone.ts';
import { decoderNames, loadDecoder } from './decoder-case.ts';
import { allFamilies, loadCase, realRows } from './encoder-case.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights } from './weights/weights.ts';

/*
 * Rows for the tiny encoders and decoders, and their hidden states behind a prefix of zeros, written
 * by fixtures/make_attention_cases.py. For tests.
 */

const file = fileURLToPath(new URL('../../fixtures/zero-prefix.safetensors', import.meta.url));
const behindZeros = await createWeights(
  parseSafetensors(await readBytes(file), file).tensors,
  file,
);
export const allModels = [...allFamilies, ...decoderNames];
export const attentionRows = collate(
  [
    [2, 37, 32, 39, 33, 3],
    [2, 31, 3],
  ].map((inputIds) => ({
    inputIds,
    tokenTypeIds: inputIds.map(() => 0),
    slots: [],
    truncatedTokens: 0,
  })),
  0,
);
const prefixLength = 5;

/** A prefix at the only site of a backbone: of each layer `make(name, shape)`. */
export function prefixFor(
  { geometry }: Backbone,
  make: (name: string, shape: number[]) => tf.Tensor,
): LayerPrefixes {
  const { numLayers, numKeyValueHeads, headSize, attentionSites } = geometry;
  const shape = [numKeyValueHeads, prefixLength, headSize];
  const layers = Array.from({ length: numLayers }, (_, layer) => ({
    keys: make(`keys ${layer}`, shape) as tf.Tensor3D, // Of that shape.
    values: make(`values ${layer}`, shape) as tf.Tensor3D,
  }));
  return { kind: 'layer-prefixes', sites: { [attentionSites[0] ?? 'encoder']: layers } };
}

export async function loadModelOf(name: string): Promise<Backbone> {
  return decoderNames.includes(name) ? loadDecoder(name) : (await loadCase(name)).backbone;
}

/** Hidden states of one token of each row: behind zeros, as Transformers has them, and bare. */
export function statesBehindZeros(backbone: Backbone, name: string) {
  const states = (prompt: Prompt): Float32Array => {
    const all = realRows(backbone.forward(attentionRows, prompt), attentionRows);
    return Float32Array.from([...all.slice(2 * 40, 3 * 40), ...all.slice(7 * 40, 8 * 40)]);
  };
  return {
    actual: states(prefixFor(backbone, (_, shape) => tf.zeros(shape))),
    expected: behindZeros.float32(name),
    bare: states({ kind: 'none' }),
  };
}
