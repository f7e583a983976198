import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { loadSeq2Seq } from '../backbone/seq2seq-case.ts';
import { parseSafetensors } from '../backbone/weights/parse-safetensors.ts';
import { createWeights } from '../backbone/weights/weights.ts';
import { writeSafetensors } from '../backbone/weights/write-safetensors.ts';
import { readBytes, readJson } from '../files/read-file.ts';
import { hashed } from '../testing/hashed-weights.ts';
import { describeAdapter } from './describe-adapter.ts';
import { loadAdapter } from './load-adapter.ts';
import { loadModel } from './load-model.ts';
import type { TunedModel } from './tuned-model.ts';

/** What PEFT made; see `fixtures/make_seq2seq_peft.py`. */
interface StoredAdapters {
  readonly rows: readonly object[];
  readonly taskIndex: number;
  readonly adapters: Readonly<
    Record<
      string,
      {
        readonly family: string;
        readonly config: Readonly<Record<string, unknown>>;
        readonly shapes: Readonly<Record<string, readonly number[]>>;
      }
    >
  >;
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const stored = (await readJson(`${fixtures}/seq2seq-peft.json`)) as StoredAdapters; // As written.
const file = `${fixtures}/seq2seq-peft.safetensors`;
const expected = await createWeights(parseSafetensors(await readBytes(file), file).tensors, file);
/** Every fourth logit is stored. */
const stride = 4;

let folder = '';
const backbones = new Map<string, Backbone>();

function backboneOf(family: string): Backbone {
  const backbone = backbones.get(family) ?? loadSeq2Seq(family);
  backbones.set(family, backbone);
  return backbone;
}

/** Writes an adapter as PEFT did, with changes to its config, and gives its folder. */
async function writeAdapter(name: string, changes: object = {}): Promise<string> {
  const { config, shapes } = stored.adapters[name] ?? { config: {}, shapes: {} };
  const place = await mkdtemp(join(folder, `${name}-`));
  await writeFile(join(place, 'adapter_config.json'), JSON.stringify({ ...config, ...changes }));
  const tensors = Object.entries(shapes).map(([tensor, shape]) => ({
    name: tensor,
    shape,
    data: hashed(`${name}.${tensor}`, shape),
  }));
  await writeFile(join(place, 'adapter_model.safetensors'), writeSafetensors(tensors));
  return place;
}

async function load(name: string): Promise<TunedModel> {
  const { family = '' } = stored.adapters[name] ?? {};
  const options = name.includes('multitask') ? { taskIndex: stored.taskIndex } : {};
  return await loadAdapter(backboneOf(family), await writeAdapter(name), options);
}

async function logitsOf(model: TunedModel): Promise<number[]> {
  return (await model.logits(stored.rows)).flatMap(({ values }) => [...values]);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-seq2seq-'));
});
afterAll(async () => {
  for (const backbone of backbones.values()) backbone[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

describe("PEFT's adapter of an encoder-decoder", () => {
  it.each(Object.keys(stored.adapters))('%s gives the logits that PEFT gives', async (name) => {
    using model = await load(name);
    const logits = await logitsOf(model);
    const reference = expected.float32(name);
    expect(reference).toHaveLength(logits.length / stride);
    // Of logits of order 1; some of these are larger.
    const tolerance = 1e-5 * Math.max(1, ...reference.map(Math.abs));
    for (const [index, value] of reference.entries()) {
      expect(Math.abs((logits[index * stride] ?? Number.NaN) - value)).toBeLessThan(tolerance);
    }
  });

  it.each(Object.keys(stored.adapters))(
    '%s comes back from what it is saved as, byte for byte',
    async (name) => {
      using model = await load(name);
      const places = ['first', 'second', 'third'].map((each) => join(folder, name, each));
      const [first = '', second = '', third = ''] = places;
      await mkdir(join(folder, name));
      await model.save(first, { exportPeft: 'required' });
      using own = await loadModel(first, { backbone: model.backbone });
      using again = await loadAdapter(model.backbone, first);
      const logits = await logitsOf(model);
      expect(await logitsOf(own)).toEqual(logits);
      expect(await logitsOf(again)).toEqual(logits);
      await own.save(second);
      await again.save(third);
      const tensors = 'adapter_model.safetensors';
      for (const written of ['adapter_config.json', tensors]) {
        const bytes = await readFile(join(first, written));
        expect(await readFile(join(second, written)), written).toEqual(bytes);
      }
      expect(await readFile(join(third, tensors))).toEqual(await readFile(join(first, tensors)));
    },
  );

  it('is described without its backbone', async () => {
    const described = await describeAdapter(await writeAdapter('t5-prefix'));
    expect(described).toMatchObject({
      method: 'PREFIX_TUNING',
      task: 'sequence-to-sequence',
      promptLength: 3,
      labels: null,
      numLabels: null,
    });
  });

  it.each([
    ['t5-prefix', 1, /num_transformer_submodules is 1; it is 2 for this task/],
    ['t5-prompt', 3, /num_transformer_submodules is 3; it is 1 or 2 for this task/],
    ['t5-prompt', 1, /"prompt_embeddings" has shape \[6, 40\]; .* need \[3, 40\]/],
  ])('is refused where %s has %i submodules', async (name, submodules, message) => {
    const place = await writeAdapter(name, { num_transformer_submodules: submodules });
    await expect(loadAdapter(backboneOf('t5'), place)).rejects.toThrow(message);
  });

  it('takes no labels', async () => {
    const place = await writeAdapter('t5-prompt');
    await expect(loadAdapter(backboneOf('t5'), place, { labels: ['a', 'b'] })).rejects.toThrow(
      /An adapter for sequence-to-sequence has no labels/,
    );
  });
});
