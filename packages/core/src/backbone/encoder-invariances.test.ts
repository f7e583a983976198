import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerPrefixes, Prompt } from '../contract/prompt.ts';
import { readBytes } from '../files/read-file.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { hashed } from '../testing/hashed-weights.ts';
import { collate } from '../tokenizer/collate.ts';
import type { Backbone } from './backbone.ts';
import { decoderNames, loadDecoder } from './decoder-case.ts';
import { allFamilies, batchOf, leftPadded, loadCase, realRows, tokensOf } from './encoder-case.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights } from './weights/weights.ts';

expect.extend({ toBeAllClose });

// Written by fixtures/make_attention_cases.py, with the rows below.
const file = fileURLToPath(new URL('../../fixtures/zero-prefix.safetensors', import.meta.url));
const behindZeros = await createWeights(
  parseSafetensors(await readBytes(file), file).tensors,
  file,
);
const rows = [
  [2, 37, 32, 39, 33, 3],
  [2, 31, 3],
];
const batch = collate(
  rows.map((inputIds) => ({
    inputIds,
    tokenTypeIds: inputIds.map(() => 0),
    slots: [],
    truncatedTokens: 0,
  })),
  0,
);
const prefixLength = 5;

/** A prefix at the only site of a backbone: of each layer `make(name, shape)`. */
function prefixFor(
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

const load = async (name: string): Promise<Backbone> =>
  decoderNames.includes(name) ? loadDecoder(name) : (await loadCase(name)).backbone;

describe.each(['cpu', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  it.each(allFamilies)('%s gives rows padded on the left what Transformers gives', async (name) => {
    const { backbone, reference } = await loadCase(name);
    const right = batchOf(reference, 'batch');
    const left = leftPadded(right);
    expect(left.attentionMask.at(-1)).toBe(1);
    expect(right.attentionMask.at(-1)).toBe(0);
    const wanted = tf.tensor3d(reference.float32('batch.hidden'), [3, right.sequence, 40]);
    const actual = realRows(backbone.forward(left, { kind: 'none' }), left);
    expect(actual).toBeAllClose(realRows(wanted, right), { absolute: 1e-5, relative: 0 });
    backbone[Symbol.dispose]();
  });

  it.each([...allFamilies, ...decoderNames])(
    '%s weighs a prefix of zeros as the softmax of zeros does',
    async (name) => {
      using backbone = await load(name);
      const zeros = prefixFor(backbone, (_, shape) => tf.zeros(shape));
      const kept = (prompt: Prompt): tf.TypedArray => {
        const all = realRows(backbone.forward(batch, prompt), batch);
        return Float32Array.from([...all.slice(2 * 40, 3 * 40), ...all.slice(7 * 40, 8 * 40)]);
      };
      const actual = kept(zeros);
      expect(actual).toBeAllClose(behindZeros.float32(name), { absolute: 1e-5, relative: 0 });
      expect(actual).not.toBeAllClose(kept({ kind: 'none' }), { absolute: 1e-3 });
    },
  );
});

describe('prompts', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const prefix = (backbone: Backbone, order: readonly number[]): LayerPrefixes =>
    prefixFor(backbone, (name, shape) =>
      tf.gather(tf.tensor(hashed(`${name} weight`, shape), shape), [...order], 1),
    );

  it.each([...allFamilies, ...decoderNames])(
    'of %s may have the positions of a prefix in any order',
    async (name) => {
      using backbone = await load(name);
      const run = (...order: number[]): Float32Array =>
        realRows(backbone.forward(batch, prefix(backbone, order)), batch);
      const [one, other] = [run(0, 1, 2, 3, 4), run(3, 0, 4, 2, 1)];
      expect(other).toBeAllClose(one, { absolute: 1e-5 });
      expect(run(0, 0, 2, 3, 4)).not.toBeAllClose(one, { absolute: 1e-4 });
    },
  );

  it.each(allFamilies)('of %s act the same on rows padded on either side', async (name) => {
    const { backbone, reference } = await loadCase(name);
    const shape = [4, backbone.geometry.embeddingSize];
    const cases: [Prompt, number][] = [
      [prefix(backbone, [0, 1, 2, 3, 4]), 0],
      [tokensOf(tf.tensor(hashed('prompt', shape), shape)), 4],
    ];
    for (const [prompt, slots] of cases) {
      const right = batchOf(reference, 'batch', { slots, behind: 2 });
      const left = leftPadded(right);
      const [one, other] = [right, left].map((rows) => ({
        all: realRows(backbone.forward(rows, prompt), rows),
        summary: backbone.forward(rows, prompt, { read: 'summary' }).dataSync(),
      }));
      expect(other?.all).toBeAllClose(one?.all ?? [], { absolute: 1e-5 });
      expect(other?.summary).toBeAllClose(one?.summary ?? [], { absolute: 1e-5 });
    }
    backbone[Symbol.dispose]();
  });
});
