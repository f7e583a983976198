import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Backbone } from '../backbone/backbone.ts';
import { isPtlError } from '../contract/errors.ts';
import { normal } from '../contract/initializers.ts';
import { defineMethod } from '../contract/method.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { loadFixtureBackbone } from '../testing/fixture-checkpoint.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createModel } from './create-model.ts';
import { loadAdapter } from './load-adapter.ts';
import { loadModel } from './load-model.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const saved = ['adapter_config.json', 'adapter_model.safetensors', 'ptl.json', 'README.md'];

const tokens = defineMethod({
  name: 'tokens',
  configSchema: z.strictObject({ at: z.enum(['front', 'after-first', 'end']).default('front') }),
  architectures: ['encoder'],
  tasks: ['sequence-classification', 'token-classification'],
  createTuner({ config, variables }) {
    const rows = variables.create('rows', (seed) => normal<tf.Rank.R2>([2, 8], 1, seed));
    return {
      variables,
      layout: { kind: 'placed', at: config.at, length: 2 },
      promptLength: 2,
      prompt: () => ({ kind: 'virtual-tokens', embeddings: tf.clone(rows) }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

/** Prefixes of the given lengths, layer by layer; 0 for none. */
const lengths = defineMethod({
  name: 'lengths',
  configSchema: z.strictObject({ layers: z.array(z.int()).default([3, 3]) }),
  architectures: ['encoder'],
  tasks: ['sequence-classification'],
  createTuner({ backbone: { geometry }, config, variables }) {
    const { numHeads, headSize } = geometry;
    const keys = config.layers.map((length, layer) =>
      variables.create<tf.Rank.R3>(`layer-${layer}`, (seed) =>
        normal([numHeads, Math.max(1, length), headSize], 1, seed),
      ),
    );
    const layers = () =>
      keys.map((key, layer) =>
        config.layers[layer] === 0 ? null : { keys: tf.clone(key), values: tf.mul(key, 2) },
      );
    return {
      variables,
      layout: { kind: 'none' },
      promptLength: Math.max(...config.layers),
      prompt: () => ({
        kind: 'layer-prefixes',
        sites: { encoder: layers() as { keys: tf.Tensor3D; values: tf.Tensor3D }[] },
      }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

const texts = () => sequenceClassification({ labels: ['good', 'bad'] });
const rows = [{ text: 'the film was good' }, { text: 'a bad time' }];

let folder = '';
let backbone: Backbone;
let bert: Backbone;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-peft-'));
  backbone = createTinyBackbone();
  bert = await loadFixtureBackbone('bert');
});
afterAll(async () => {
  backbone[Symbol.dispose]();
  bert[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

async function jsonIn(place: string, file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(place, file), 'utf8'));
}

describe('what PEFT cannot compute', () => {
  const options = () => ({ backbone, task: texts() });
  it.each([
    [
      'another place',
      () => createModel({ ...options(), method: tokens, config: { at: 'end' }, semantics: 'peft' }),
      /in front of the input only/,
    ],
    [
      'the real token',
      () => createModel({ ...options(), method: tokens }),
      /classifies from the first virtual token/,
    ],
    [
      'lengths by layer',
      () => createModel({ ...options(), method: lengths, config: { layers: [3, 2] } }),
      /one length, in all layers/,
    ],
    [
      'no shift',
      () => createModel({ ...options(), method: lengths, positionOffset: 'none' }),
      /always shifts positions/,
    ],
  ] as const)(
    'is refused where it is required, and noted where not: %s',
    async (name, create, reason) => {
      using model = create();
      const place = join(folder, name);
      const error = await model
        .save(place, { exportPeft: 'required' })
        .catch((thrown: unknown) => thrown);
      expect(isPtlError(error, 'PEFT_INEXPRESSIBLE')).toBe(true);
      expect(String(error)).toMatch(reason);
      expect(await readdir(folder)).not.toContain(name);
      await model.save(place);
      expect((await jsonIn(place, 'ptl.json'))['peftDifference']).toMatch(reason);
      expect(await readFile(join(place, 'README.md'), 'utf8')).toMatch(reason);
    },
  );

  it('is allowed for tags behind virtual tokens, whose logits PEFT only shifts', async () => {
    const task = tokenClassification({ labels: ['O', 'B-X'] });
    using model = createModel({ backbone, method: tokens, task });
    await model.save(join(folder, 'tags'), { exportPeft: 'required' });
    using read = await loadAdapter(backbone, join(folder, 'tags'));
    const words = [{ tokens: ['the', 'film'] }];
    expect(await read.logits(words)).toEqual(await model.logits(words));
  });

  it('comes back whole with lengths by layer', async () => {
    using model = createModel({
      backbone,
      method: lengths,
      task: texts(),
      config: { layers: [0, 2] },
    });
    const [first, second] = [join(folder, 'uneven-1'), join(folder, 'uneven-2')];
    await model.save(first);
    using loaded = await loadModel(first, { backbone });
    expect(await loaded.logits(rows)).toEqual(await model.logits(rows));
    await loaded.save(second);
    expect(await readdir(second)).toEqual(
      saved.filter((file) => file !== 'adapter_config.json').sort(),
    );
    for (const file of await readdir(second)) {
      expect(await readFile(join(second, file)), file).toEqual(await readFile(join(first, file)));
    }
  });
});

describe('an older PEFT', () => {
  it.each([
    [
      '0.21.2',
      { peft_version: '0.21.2', init_weights: null, modules_to_save: ['classifier', 'score'] },
    ],
    ['0.18', { peft_version: '0.18.0', init_weights: undefined }],
    ['0.12.0', { peft_version: undefined, modules_to_save: undefined, init_weights: undefined }],
  ])('%s gets the fields that it knows', async (targetPeftVersion, expected) => {
    using model = createModel({ backbone, method: lengths, task: texts() });
    const place = join(folder, targetPeftVersion);
    await model.save(place, { targetPeftVersion, exportPeft: 'required' });
    const config = await jsonIn(place, 'adapter_config.json');
    for (const [field, value] of Object.entries(expected)) expect(config[field]).toEqual(value);
    expect(config['num_virtual_tokens']).toBe(3);
  });

  it.each(['0.13.0', '0.13.2', '0.15.2', '0.16.0'])(
    '%s is refused, because it loads no heads',
    async (targetPeftVersion) => {
      using model = createModel({ backbone, method: lengths, task: texts() });
      const saving = model.save(join(folder, 'x'), { targetPeftVersion, exportPeft: 'required' });
      await expect(saving).rejects.toThrow(/do not load prompts with a head/);
    },
  );

  it.each(['0.3.0', 'newest', '0.13.2; rm'])('%j is no release', async (targetPeftVersion) => {
    using model = createModel({ backbone, method: lengths, task: texts() });
    const saving = model.save(join(folder, 'x'), { targetPeftVersion });
    await expect(saving).rejects.toThrow(
      /CONFIG_INVALID.*\n.*targetPeftVersion: Expected a release/,
    );
  });
});

describe("PEFT's adapter, loaded", () => {
  it.each(['bert-seq_cls-prefix-mlp-pooler', 'bert-token_cls-p-lstm', 'bert-seq_cls-prompt'])(
    'is written back with its tensors, byte for byte: %s',
    async (name) => {
      const source = `${fixtures}/peft/${name}`;
      using model = await loadAdapter(bert, source);
      const [first, second] = [join(folder, `${name}-1`), join(folder, `${name}-2`)];
      await model.save(first, { exportPeft: 'required' });
      const tensors = 'adapter_model.safetensors';
      expect(await readFile(join(first, tensors))).toEqual(await readFile(join(source, tensors)));
      const written = await jsonIn(first, 'adapter_config.json');
      const original = await jsonIn(source, 'adapter_config.json');
      expect(Object.keys(written)).toEqual(Object.keys(original));
      for (const field of Object.keys(original).filter((key) => key !== 'modules_to_save')) {
        expect(written[field], field).toEqual(original[field]);
      }
      using loaded = await loadModel(first, { backbone: bert });
      await loaded.save(second);
      for (const file of saved) {
        expect(await readFile(join(second, file)), file).toEqual(await readFile(join(first, file)));
      }
    },
  );

  it('takes labels, and refuses too few of them', async () => {
    const source = `${fixtures}/peft/bert-seq_cls-prompt`;
    using model = await loadAdapter(bert, source, { labels: ['a', 'b', 'c'] });
    expect(model.task.labels).toEqual(['a', 'b', 'c']);
    expect(model.warnings).toEqual([]);
    const loading = loadAdapter(bert, source, { labels: ['a', 'b'] });
    await expect(loading).rejects.toThrow(/The head has 3 labels, but 2 were given: a, b/);
  });

  it('needs to be told the task of a multi-task adapter', async () => {
    const source = `${fixtures}/peft/bert-seq_cls-multitask`;
    await expect(loadAdapter(bert, source)).rejects.toThrow(
      /prompts for 3 tasks: choose one from 0 to 2/,
    );
    await expect(loadAdapter(bert, source, { taskIndex: 3 })).rejects.toThrow(/not 3/);
  });

  it('classifies from the first virtual token, and not from the first real one', async () => {
    using peft = createModel({ backbone, method: tokens, task: texts(), semantics: 'peft' });
    using own = createModel({ backbone, method: tokens, task: texts() });
    const [logits] = await peft.logits(rows);
    const [others] = await own.logits(rows);
    const difference = Math.abs((logits?.values[0] ?? 0) - (others?.values[0] ?? 0));
    expect(difference).toBeGreaterThan(1e-4);
  });
});
