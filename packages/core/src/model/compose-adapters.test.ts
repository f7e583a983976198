import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Prompt } from '../contract/prompt.ts';
import { prefixModel, slotModel, tagModel } from '../predictor/adapter-samples.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { collate } from '../tokenizer/collate.ts';
import { averageAdapters } from './average-adapters.ts';
import { combineAdapters } from './combine-adapters.ts';
import { foldPrompt } from './folded-tuner.ts';
import { loadModel } from './load-model.ts';
import type { TunedModel } from './tuned-model.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

const row = { text: 'the film was good' };

/** What the first model's head makes of a prompt. */
function logitsWith({ parts }: TunedModel, prompt: Prompt, layout = parts.tuner.layout) {
  const { backbone, task, head } = parts;
  const context = { tokenizer: backbone.tokenizer, layout, maxPositions: 64 };
  const { row: encoded } = task.encodeInput(row, 0, context);
  const batch = collate([encoded], backbone.tokenizer.special.pad);
  return tf.tidy(() => {
    const hidden = backbone.forward(batch, prompt, { read: 'summary' });
    return head.logits(hidden, (tensor) => tensor).dataSync();
  });
}

function prefixesOf(model: TunedModel) {
  const prompt = foldPrompt(model.parts.tuner);
  if (prompt.kind !== 'layer-prefixes') throw new TypeError('It has no prefixes.');
  return prompt.sites.encoder ?? [];
}

function tokensOf(model: TunedModel): tf.Tensor2D {
  const prompt = foldPrompt(model.parts.tuner);
  if (prompt.kind !== 'virtual-tokens') throw new TypeError('It has no tokens.');
  return prompt.embeddings as tf.Tensor2D; // Shared by the batch.
}

/** The mean of two tensors. */
function half(first: tf.Tensor = tf.zeros([1]), second: tf.Tensor = tf.zeros([1])) {
  return tf.div(tf.add(first, second), 2).dataSync();
}

describe('combined adapters', () => {
  it('have the keys and values of all prefixes, in order', async () => {
    using backbone = createTinyBackbone();
    using one = prefixModel(backbone, { length: 3 }, { seed: 1 });
    using other = prefixModel(backbone, { length: 2, skip: 1 }, { seed: 2 });
    using both = combineAdapters([one, other]);
    const [first, second] = [prefixesOf(one), prefixesOf(other)];
    const joined = first.map((layer, index) => {
      const [a, b] = [layer, second[index]];
      if (!a || !b) return a;
      const keys = tf.concat([a.keys, b.keys], 1) as tf.Tensor3D;
      return { keys, values: tf.concat([a.values, b.values], 1) as tf.Tensor3D };
    });
    const expected = logitsWith(one, { kind: 'layer-prefixes', sites: { encoder: joined } });
    const [actual] = await both.logits([row]);
    expect(actual?.values).toBeAllClose(expected, { absolute: 1e-6 });
    const [alone] = await one.logits([row]);
    expect(actual?.values).not.toBeAllClose(alone?.values ?? [], { absolute: 1e-3 });
  });

  it('have all virtual tokens in the same place, in order, also when they were saved', async () => {
    using backbone = createTinyBackbone();
    using one = slotModel(backbone, { length: 3, at: 'after-first' }, { seed: 1 });
    using other = slotModel(backbone, { length: 2, at: 'after-first' }, { seed: 2 });
    using both = combineAdapters([one, other]);
    const embeddings = tf.concat([tokensOf(one), tokensOf(other)], 0);
    const layout = { kind: 'placed', at: 'after-first', length: 5 } as const;
    const expected = logitsWith(one, { kind: 'virtual-tokens', embeddings }, layout);
    const [actual] = await both.logits([row]);
    expect(actual?.values).toBeAllClose(expected, { absolute: 1e-6 });
    const root = await mkdtemp(join(tmpdir(), 'ptl-combined-'));
    await both.save(join(root, 'both'));
    using loaded = await loadModel(join(root, 'both'), { backbone });
    expect((await loaded.logits([row]))[0]?.values).toEqual(actual?.values);
    await rm(root, { recursive: true });
  });

  it.each(['front', 'after-first', 'end'] as const)(
    'are other models in another order: three prompts, %s',
    async (at) => {
      using backbone = createTinyBackbone();
      const [one, two, three] = [1, 2, 3].map((seed) => slotModel(backbone, { at }, { seed }));
      if (!one || !two || !three) throw new TypeError('There are three.');
      using forth = combineAdapters([one, two, three]);
      using back = combineAdapters([one, three, two]);
      const expected = [one, two, three].flatMap((model) => [...tokensOf(model).dataSync()]);
      expect([...tokensOf(forth).dataSync()]).toEqual(expected);
      expect(tokensOf(back).shape).toEqual([6, 8]);
      const [[first], [second]] = await Promise.all([forth.logits([row]), back.logits([row])]);
      expect(first?.values).not.toBeAllClose(second?.values ?? [], { absolute: 1e-3 });
    },
  );

  it.each([
    ['layout', () => slotModel],
    ['positionOffset', () => prefixModel],
  ] as const)('are refused with another %s', (path, make) => {
    using backbone = createTinyBackbone();
    using one = prefixModel(backbone);
    using other = make()(backbone, {}, { positionOffset: 'none' });
    expect(() => combineAdapters([one, other])).toThrow(`1.${path}: Expected`);
  });

  it('are refused where another has trained weights of the backbone', () => {
    using backbone = createTinyBackbone();
    using one = prefixModel(backbone);
    using other = prefixModel(backbone, { unfrozen: ['pooler.dense.bias'] });
    expect(() => combineAdapters([one, other])).toThrow('1: It has trained weights');
  });
});

describe('averaged adapters', () => {
  it('are the mean of prompts, heads and trained weights', async () => {
    using backbone = createTinyBackbone();
    const config = { unfrozen: ['pooler.dense.bias'] };
    using one = prefixModel(backbone, config, { seed: 1 });
    using other = prefixModel(backbone, config, { seed: 2 });
    for (const [name, value] of other.trainableVariables) {
      if (name.startsWith('backbone/')) value.assign(tf.add(value, 1) as typeof value);
    }
    using average = averageAdapters([one, other]);
    const [a, b, mean] = [one, other, average].map((model) => prefixesOf(model)[1]?.values);
    expect(mean?.dataSync()).toBeAllClose(half(a, b), { absolute: 1e-7 });
    for (const [name, value] of average.trainableVariables) {
      const [first, second] = [one, other].map((model) => model.trainableVariables.get(name));
      expect(value.dataSync(), name).toBeAllClose(half(first, second), { absolute: 1e-7 });
    }
    expect(average.trainableVariables.size).toBe(3);
    expect((await average.logits([row]))[0]?.shape).toEqual([3]);
  });

  it('are refused with another length, task or trained weights', () => {
    using backbone = createTinyBackbone();
    using one = prefixModel(backbone);
    using longer = prefixModel(backbone, { length: 4 });
    using windowed = prefixModel(backbone, { skip: 1 });
    using trained = prefixModel(backbone, { unfrozen: ['pooler.dense.bias'] });
    using tagger = tagModel(backbone, 'prefix', 1);
    expect(() => averageAdapters([one, longer])).toThrow('1.promptLength: Expected 3');
    expect(() => averageAdapters([one, windowed])).toThrow('other lengths in some layers');
    expect(() => averageAdapters([one, trained])).toThrow('1.unfrozen: Expected');
    expect(() => averageAdapters<unknown, unknown>([one, tagger])).toThrow('1.task: Expected');
  });
});
