import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModel, loadModel, tokenClassification } from '@ptl/core';
import { createTinyBackbone, toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pTuningV2 } from './index.ts';

expect.extend({ toBeAllClose });

const backbone = createTinyBackbone();
const task = tokenClassification({ labels: ['O', 'B-time'] });
const rows = [{ tokens: ['a', 'good', 'film'] }, { tokens: ['the', 'place'] }];
const windowed = { promptLength: 3, layers: { last: 1 } } as const;

type Config = NonNullable<Parameters<typeof create>[0]>;

function create(config: {
  readonly promptLength: number | number[];
  readonly layers?: { readonly first: number } | { readonly last: number } | number[];
  readonly layerGates?: boolean;
}) {
  const model = createModel({ backbone, method: pTuningV2, config, task, seed: 2 });
  for (const [name, variable] of model.trainableVariables) {
    // Prompts large enough to be seen, and gates that are not 1.
    if (name.startsWith('tuner/'))
      variable.assign(tf.sin(tf.range(0, variable.size)).reshape(variable.shape));
  }
  return model;
}

const logitsOf = async (model: ReturnType<typeof create>) =>
  (await model.logits(rows)).flatMap(({ values }) => [...values]);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptl-layers-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a model with prompts in some layers', () => {
  it.each([
    ['a window', windowed],
    ['a list', { promptLength: 3, layers: [0] }],
    ['lengths', { promptLength: [2, 4] }],
    ['gates', { promptLength: 3, layerGates: true }],
    ['everything', { promptLength: [4], layers: { first: 1 }, layerGates: true }],
  ] satisfies [string, Config][])(
    'computes the same after loading, with %s',
    async (name, config) => {
      using model = create(config);
      const place = join(folder, name);
      await model.save(place);
      using loaded = await loadModel(place, { backbone, task });
      expect(await logitsOf(loaded)).toEqual(await logitsOf(model));
    },
  );

  it('computes something else for every choice of layers and lengths', async () => {
    const configs: Config[] = [
      { promptLength: 3 },
      windowed,
      { ...windowed, layers: { first: 1 } },
      { promptLength: [3, 2] },
      { promptLength: 3, layerGates: true },
    ];
    const results: number[][] = [];
    for (const config of configs) {
      using model = create(config);
      results.push(await logitsOf(model));
    }
    const differing = new Set(
      results.map((result) => result.map((value) => value.toFixed(4)).join()),
    );
    expect(differing.size).toBe(configs.length);
  });

  it('moves the tokens on by its longest prompt, wherever that is', async () => {
    using short = create({ promptLength: [1, 2], layers: [0, 1] });
    using long = create({ promptLength: [1, 3], layers: [0, 1] });
    expect([short, long].map(({ truncatedRows }) => truncatedRows)).toEqual([0, 0]);
    const tokens = Array.from({ length: 60 }, () => 'film');
    // 64 positions, less the prompt and the two special tokens.
    const kept = async (model: typeof short) =>
      ((await model.logits([{ tokens }]))[0]?.shape[0] ?? 0) - 2;
    expect([await kept(short), await kept(long)]).toEqual([60, 59]);
  });

  it.each([windowed, { promptLength: [2, 4] }] satisfies Config[])(
    'is not saved for PEFT, which has no such prompts: %j',
    async (config) => {
      using model = create(config);
      const saving = model.save(join(folder, 'refused'), { exportPeft: 'required' });
      await expect(saving).rejects.toThrow(/PEFT_INEXPRESSIBLE.*one length, in all layers/);
    },
  );

  it('is saved for PEFT with gates, which fold into keys and values', async () => {
    using model = create({ promptLength: 3, layerGates: true });
    await model.save(join(folder, 'gated'), { exportPeft: 'required' });
  });
});
