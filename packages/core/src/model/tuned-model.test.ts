import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isPtlError } from '../contract/errors.ts';
import { normal } from '../contract/initializers.ts';
import { splitLayerPrefixes } from '../contract/layer-prefixes.ts';
import { defineMethod, type Tuner } from '../contract/method.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { tokenClassification } from '../task/token-classification.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createModel } from './create-model.ts';
import { loadModel } from './load-model.ts';

const prefixMethod = defineMethod({
  name: 'test-prefix',
  configSchema: z.strictObject({
    length: z.int().default(3),
    unfrozen: z.array(z.string()).default([]),
  }),
  architectures: ['encoder'],
  tasks: ['sequence-classification', 'token-classification'],
  createTuner({ backbone, config, variables }): Tuner {
    const flat = variables.create('flat', (seed) =>
      normal<tf.Rank.R2>([config.length, 32], 1, seed),
    );
    return {
      variables,
      layout: { kind: 'none' },
      promptLength: config.length,
      unfrozen: config.unfrozen,
      prompt: ({ dropout }) => ({
        kind: 'layer-prefixes',
        sites: { encoder: splitLayerPrefixes(dropout(flat, 0.5, 'flat'), backbone.geometry) },
      }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

const slotMethod = defineMethod({
  name: 'test-slots',
  configSchema: z.strictObject({ at: z.enum(['front', 'after-first', 'end']).default('front') }),
  architectures: ['encoder'],
  tasks: ['sequence-classification', 'token-classification'],
  createTuner({ config, variables }): Tuner {
    const rows = variables.create('rows', (seed) => normal<tf.Rank.R2>([2, 8], 1, seed));
    return {
      variables,
      layout: { kind: 'placed', at: config.at, length: 2 },
      promptLength: 2,
      prompt: () => ({ kind: 'virtual-tokens', embeddings: rows }),
      [Symbol.dispose]: () => variables[Symbol.dispose](),
    };
  },
});

const textRows = [
  { text: 'the film was good', label: 'good' },
  { text: 'a long bad time', label: 'bad' },
  { text: 'it was a good place and a good time', label: 'good' },
] as const;
const taggedRows = [
  { tokens: ['the', 'film', 'was', 'long'], tags: ['O', 'B-X', 'O', 'O'] },
  { tokens: ['place'], tags: ['B-X'] },
] as const;
const texts = () => sequenceClassification({ labels: ['good', 'bad'] });
const tags = () => tokenClassification({ labels: ['O', 'B-X', 'I-X'] });

let folder = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-model-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a saved model', () => {
  it.each([
    ['a prefix', prefixMethod, {}],
    ['slots in front', slotMethod, {}],
    ['slots at the end', slotMethod, { at: 'end' }],
    [
      'unfrozen weights',
      prefixMethod,
      { unfrozen: ['pooler.dense.weight', 'encoder.layer.1.attention.self.key.bias'] },
    ],
  ] as const)('predicts the same after loading, with %s', async (name, method, config) => {
    using backbone = createTinyBackbone();
    using model = createModel({
      backbone,
      method: method as typeof prefixMethod,
      config: config as object,
      task: texts(),
      seed: 3,
    });
    for (const [variable, value] of model.trainableVariables) {
      if (variable.startsWith('backbone/')) value.assign(tf.add(value, 0.5) as typeof value);
    }
    const expected = await model.predict(textRows);
    const place = join(folder, name.replaceAll(' ', '-'));
    await model.save(place);
    using loaded = await loadModel(place, { backbone });
    expect(await loaded.predict([...textRows])).toEqual(expected);
  });

  it('gives the same bytes when it is saved again', async () => {
    using backbone = createTinyBackbone();
    using model = createModel({ backbone, method: prefixMethod, task: tags(), seed: 3 });
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await model.save(first);
    using loaded = await loadModel(first, { backbone });
    await loaded.save(second);
    for (const file of [
      'adapter_config.json',
      'adapter_model.safetensors',
      'ptl.json',
      'README.md',
    ]) {
      expect(await readFile(join(second, file)), file).toEqual(await readFile(join(first, file)));
    }
  });

  it('is refused on a backbone with other weights, naming both', async () => {
    using backbone = createTinyBackbone();
    using model = createModel({ backbone, method: prefixMethod, task: tags() });
    const place = join(folder, 'mismatch');
    await model.save(place);
    const other = {
      ...backbone,
      fingerprint: 'another',
      geometry: { ...backbone.geometry, id: 'other' },
    };
    await expect(loadModel(place, { backbone: other })).rejects.toThrow(
      /trained on "tiny".*"other"/,
    );
  });

  it('is refused for another task than it was trained for', async () => {
    using backbone = createTinyBackbone();
    using model = createModel({ backbone, method: prefixMethod, task: tags() });
    const place = join(folder, 'task');
    await model.save(place);
    using loaded = await loadModel(place, { backbone, task: tags() });
    expect(loaded.task.labels).toEqual(['O', 'B-X', 'I-X']);
    const loading = loadModel(place, { backbone, task: texts() });
    await expect(loading).rejects.toThrow(/trained for token-classification .*not for sequence/);
  });

  it.each([
    ['ptl.json', '{"formatVersion": 2}', 'formatVersion'],
    ['ptl.json', 'not json', 'ptl.json'],
    ['adapter_model.safetensors', 'short', 'adapter_model.safetensors'],
  ])('is refused when %s holds %j', async (file, content, mentioned) => {
    using backbone = createTinyBackbone();
    using model = createModel({ backbone, method: prefixMethod, task: tags() });
    const place = join(folder, 'damaged');
    await model.save(place);
    await writeFile(join(place, file), content);
    const error: unknown = await loadModel(place, { backbone }).catch((reason: unknown) => reason);
    expect(isPtlError(error)).toBe(true);
    expect(String(error)).toContain(mentioned);
  });
});

describe('a model', () => {
  it('trains copies of unfrozen weights and leaves the backbone as it was', () => {
    using backbone = createTinyBackbone();
    const name = 'encoder.layer.0.attention.self.query.weight';
    using model = createModel({
      backbone,
      method: prefixMethod,
      config: { unfrozen: [name] },
      task: texts(),
    });
    const before = backbone.weight(name).dataSync();
    const variables = [...model.trainableVariables.values()];
    const { grads, value } = tf.variableGrads(
      () => model.loss(model.encode(textRows), 1).sum,
      variables,
    );
    for (const variable of variables) {
      const gradient = grads[variable.name]?.dataSync() ?? new Float32Array();
      expect(Math.max(...gradient.map(Math.abs)), variable.name).toBeGreaterThan(0);
    }
    tf.dispose([grads, value]);
    expect(backbone.weight(name).dataSync()).toEqual(before);
  });

  it('draws the same dropout for the same seed and another for another', () => {
    using backbone = createTinyBackbone();
    using model = createModel({ backbone, method: prefixMethod, task: texts() });
    const loss = (seed: number) =>
      tf.tidy(() => model.loss(model.encode(textRows), seed).sum.dataSync()[0]);
    expect(loss(1)).toBe(loss(1));
    expect(loss(2)).not.toBe(loss(1));
  });

  it('predicts a row alone as among others', async () => {
    using backbone = createTinyBackbone();
    using model = createModel({
      backbone,
      method: slotMethod,
      config: { at: 'end' },
      task: texts(),
    });
    const together = await model.predict(textRows);
    for (const [index, row] of textRows.entries()) {
      const [alone] = await model.predict([row]);
      expect(alone?.label).toBe(together[index]?.label);
    }
  });

  it('counts what it trains and what it keeps', () => {
    using backbone = createTinyBackbone();
    using model = createModel({ backbone, method: prefixMethod, task: texts() });
    const head = 2 * 8 + 2;
    expect(model.parameters).toEqual({ trainable: 3 * 32 + head, stored: 3 * 32 + head });
  });

  it('counts rows that were cut', async () => {
    using backbone = createTinyBackbone();
    using model = createModel({ backbone, method: prefixMethod, task: tags() });
    const tokens = Array.from({ length: 80 }, () => 'film');
    const [prediction] = await model.predict([{ tokens }]);
    expect(prediction?.tags).toHaveLength(80);
    expect(model.truncatedRows).toBe(1);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const backbone = createTinyBackbone();
    const model = createModel({ backbone, method: prefixMethod, task: tags() });
    await model.evaluate(taggedRows);
    await model.save(join(folder, 'leaks'));
    const loaded = await loadModel(join(folder, 'leaks'), { backbone });
    loaded[Symbol.dispose]();
    model[Symbol.dispose]();
    backbone[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(before);
  });
});
