import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createModel,
  loadAdapter,
  loadModel,
  parseSafetensors,
  sequenceClassification,
  type TrainOptions,
  train,
} from '@ptl/core';
import { createTinyBackbone } from '@ptl/core/testing';
import { pTuning } from '@ptl/p-tuning';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../temporary-folder.ts';

const labels = ['none', 'some'] as const;
const rows = Array.from({ length: 8 }, (_, index) => ({
  text: ['the film was good', 'a long bad time'][index % 2] ?? '',
  label: labels[index % 2] ?? 'none',
}));
const adapter = 'adapter_model.safetensors';
const state = 'training/state.safetensors';
const encoders = [
  { encoder: 'lstm', encoderHiddenSize: 3, encoderDropout: 0.5 },
  { encoder: 'mlp' },
] as const;

await tf.setBackend('cpu');
const backbone = createTinyBackbone();
const root = makeTemporaryFolder();
beforeAll(() => tf.setBackend('cpu'));
afterAll(() => {
  backbone[Symbol.dispose]();
  root[Symbol.dispose]();
});

function createPTuned(encoder: (typeof encoders)[number]) {
  const config = { placement: 'front', promptLength: 4, ...encoder } as const;
  const task = sequenceClassification({ labels });
  return createModel({ backbone, method: pTuning, config, task, semantics: 'peft', seed: 1 });
}

async function trainIn(
  folder: string,
  encoder: (typeof encoders)[number],
  options: Partial<TrainOptions<(typeof rows)[number]>>,
): Promise<void> {
  using model = createPTuned(encoder);
  const checkpoint = { folder, resume: true };
  const common = { train: rows, epochs: 4, batchSize: 4, seed: 3, progress: 'none' } as const;
  await train(model, { ...common, checkpoint, ...options });
}

async function namesIn(folder: string, file: string): Promise<string[]> {
  const bytes = new Uint8Array(await readFile(join(folder, file)));
  return [...parseSafetensors(bytes, file).tensors.keys()];
}

describe.each(encoders)('P-tuning in front, through an encoder of kind $encoder', (encoder) => {
  it('goes on with its encoder after a stop, bit by bit', async () => {
    const [whole, stopped] = [`whole-${encoder.encoder}`, `stopped-${encoder.encoder}`];
    await trainIn(join(root.path, whole), encoder, {});
    const stop = new AbortController();
    await trainIn(join(root.path, stopped), encoder, {
      signal: stop.signal,
      onEvent: ({ step }) => step === 3 && stop.abort(),
    }).catch(() => undefined);
    const stored = await namesIn(join(root.path, stopped), state);
    using model = createPTuned(encoder);
    for (const name of model.trainableVariables.keys()) {
      expect(
        stored.some((one) => one.includes(name)),
        name,
      ).toBe(true);
    }
    const left = (name: string, file: string): Promise<string> =>
      readFile(join(root.path, name, file), 'hex');
    expect(await left(stopped, adapter)).not.toEqual(await left(whole, adapter));
    await trainIn(join(root.path, stopped), encoder, {});
    for (const file of [state, adapter]) {
      expect(await left(stopped, file), file).toEqual(await left(whole, file));
    }
  });

  it('leaves PEFT its virtual tokens and its head, and the same logits', async () => {
    using model = createPTuned(encoder);
    await train(model, { train: rows, epochs: 1, batchSize: 4, progress: 'none' });
    const folder = join(root.path, `saved-${encoder.encoder}`);
    await model.save(folder, { exportPeft: 'required' });
    expect((await namesIn(folder, adapter)).sort()).toEqual([
      'base_model.classifier.bias',
      'base_model.classifier.weight',
      'prompt_embeddings',
    ]);
    const logits = await model.logits(rows);
    using read = await loadAdapter(backbone, folder);
    using own = await loadModel(folder, { backbone });
    expect(await read.logits(rows)).toEqual(logits);
    expect(await own.logits(rows)).toEqual(logits);
  });
});
