import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createModel,
  createModelFrom,
  loadModel,
  sequenceClassification,
  tokenClassification,
  train,
} from '@ptl/core';
import { createTinyBackbone } from '@ptl/core/testing';
import { pTuning } from '@ptl/p-tuning';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => tf.setBackend('cpu'));

const backbone = createTinyBackbone();
const mood = sequenceClassification({ labels: ['bad', 'good'] });
const places = tokenClassification({ labels: ['O', 'B-X'] });
const rows = [
  { text: 'a good film', label: 'good' },
  { text: 'it was long', label: 'bad' },
] as const;
const plain = { promptLength: 3 };
const lstm = { promptLength: 3, reparameterization: { kind: 'lstm', hiddenSize: 2 } } as const;

type Model = ReturnType<typeof createModel<unknown, unknown, string, never>>;

/** The numbers of a prompt as it is used. */
function promptOf({ parts }: Pick<Model, 'parts'>): number[] {
  return tf.tidy(() => {
    const request = { batchSize: 1, training: false, dropout: <T>(tensor: T): T => tensor };
    const prompt = parts.tuner.prompt(request);
    if (prompt.kind === 'virtual-tokens') return [...prompt.embeddings.dataSync()];
    if (prompt.kind === 'none') return [];
    const layers = Object.values(prompt.sites).flat();
    return layers.flatMap((layer) =>
      layer ? [...layer.keys.dataSync(), ...layer.values.dataSync()] : [],
    );
  });
}

async function trained() {
  const model = createModel({ backbone, method: promptTuning, config: lstm, task: mood, seed: 1 });
  await train(model, { train: rows, maxSteps: 3, progress: 'none' });
  return model;
}

describe('a model that starts from another', () => {
  it('has its trained prompt, for another task, with the encoder it was trained through', async () => {
    using source = await trained();
    const options = { backbone, method: promptTuning, config: lstm, task: places, seed: 2 };
    using model = await createModelFrom(source, options);
    using anew = createModel(options);
    expect(promptOf(model)).toEqual(promptOf(source));
    expect(promptOf(anew)).not.toEqual(promptOf(source));
    expect([...model.trainableVariables.keys()]).toEqual([...anew.trainableVariables.keys()]);
    const head = 'head/classifier/weight';
    const [first, second] = [model, anew].map((one) =>
      one.trainableVariables.get(head)?.dataSync(),
    );
    expect(first).toEqual(second);
    await train(model, {
      train: [{ tokens: ['good'], tags: ['B-X'] }],
      maxSteps: 1,
      progress: 'none',
    });
    expect(promptOf(model)).not.toEqual(promptOf(source));
  });

  it('has the plain prompt of one that was trained through an encoder, and says where it is from', async () => {
    using source = await trained();
    const root = await mkdtemp(join(tmpdir(), 'ptl-transfer-'));
    await source.save(join(root, 'source'));
    using loaded = await loadModel(join(root, 'source'), { backbone });
    const options = { backbone, method: promptTuning, config: plain, task: mood };
    for (const from of [source, loaded]) {
      using model = await createModelFrom(from, options);
      expect(promptOf(model)).toEqual(promptOf(source));
      expect(model.description).toMatchObject({
        startedFrom: { method: 'prompt-tuning', seed: 1 },
      });
      await model.save(join(root, 'copy'));
      using again = await loadModel(join(root, 'copy'), { backbone });
      expect(again.origin).toEqual(model.origin);
    }
    await rm(root, { recursive: true });
  });

  it('takes prefixes between methods, and prompts of P-tuning without its encoder', async () => {
    using deep = createModel({
      backbone,
      method: pTuningV2,
      config: { promptLength: 4 },
      task: mood,
    });
    const config = { prefixLength: 4, reparameterization: null };
    using prefixes = await createModelFrom(deep, {
      backbone,
      method: prefix,
      config,
      task: places,
    });
    expect(promptOf(prefixes)).toEqual(promptOf(deep));
    const place = { placement: 'front', promptLength: 3 } as const;
    using encoded = createModel({ backbone, method: pTuning, config: place, task: mood });
    const options = { backbone, method: promptTuning, config: plain, task: mood };
    using tokens = await createModelFrom(encoded, options);
    expect(promptOf(tokens)).toEqual(promptOf(encoded));
  });

  it.each([
    [
      'another length',
      { promptLength: 4 },
      'tensors of shape [3, 8], the new one tensors of shape [4, 8]',
    ],
    [
      'an encoder',
      { ...lstm, reparameterization: { kind: 'lstm', layers: 1 } },
      'through an encoder',
    ],
    [
      'an encoder without its residual',
      { ...lstm, reparameterization: { ...lstm.reparameterization, residual: false } },
      'through an encoder',
    ],
  ] as const)('is refused with %s, and leaves nothing behind', async (_, config, problem) => {
    using source = await trained();
    const before = tf.memory().numTensors;
    const options = { backbone, method: promptTuning, config, task: mood };
    await expect(createModelFrom(source, options)).rejects.toThrow(problem);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is refused on another backbone, and for a prompt of another kind', async () => {
    using source = await trained();
    const other = { ...backbone, fingerprint: 'other' };
    const options = { method: promptTuning, config: lstm, task: mood };
    await expect(createModelFrom(source, { ...options, backbone: other })).rejects.toThrow(
      '1.backbone',
    );
    const deep = { backbone, method: pTuningV2, config: { promptLength: 3 }, task: mood };
    await expect(createModelFrom(source, deep)).rejects.toThrow('A model cannot start from it');
  });
});
