import { collate, createTuner, encodeText, type Prompt, type Tuner } from '@ptl/core';
import { createTinyBackbone, describeMethodContract, toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { pTuning } from './index.ts';

expect.extend({ toBeAllClose });

const backbone = createTinyBackbone();
const task = { kind: 'sequence-classification', labels: ['no', 'yes'] } as const;
const create = (template: string): Tuner =>
  createTuner(pTuning, { template, encoder: 'mlp' }, { backbone, task, seed: 3 });

describeMethodContract(pTuning, {
  config: {
    template: '{prompt:2} {text} {soft=mood:it was} {prompt:1} {soft=mood}',
    encoder: 'none',
  },
  parameterCount: 3 * 8 + 2 * 8,
});

function promptOf(tuner: Tuner): Prompt {
  const request = { batchSize: 1, training: false, dropout: <T>(tensor: T): T => tensor };
  return tuner.prompt(request);
}

function hidden(tuner: Tuner, text: string): Float32Array {
  const { tokenizer } = backbone;
  const row = encodeText({ text }, { tokenizer, layout: tuner.layout, maxPositions: 64 });
  const batch = collate([row], tokenizer.special.pad);
  return backbone.forward(batch, promptOf(tuner)).dataSync<'float32'>();
}

describe('soft tokens', () => {
  it('start as the words that they are written with, whatever the encoder', () => {
    using soft = create('{text} {soft:it was long}');
    using plain = create('{text} it was long {prompt:1}');
    expect(soft.promptLength).toBe(3);
    const virtual = promptOf(soft);
    const ids = backbone.tokenize('it was long');
    const words = backbone.embeddingsOf(ids).dataSync();
    expect(virtual.kind === 'virtual-tokens' && virtual.embeddings.dataSync()).toEqual(words);
    expect(plain.promptLength).toBe(1);
    // Read as the words themselves are: the same hidden states of the text.
    const { tokenizer } = backbone;
    const context = { tokenizer, layout: { kind: 'none' }, maxPositions: 64 } as const;
    const row = encodeText({ text: 'good film it was long' }, context);
    const whole = backbone.forward(collate([row], 0), { kind: 'none' });
    const text = tf.gather(whole, [0, 1, 2, 6], 1).dataSync();
    expect(hidden(soft, 'good film')).toBeAllClose(text, { absolute: 1e-6 });
  });

  it('of one name are the same variable, in each of their places', () => {
    using tuner = create('{soft=a:good} {text} {soft=a} {soft:good}');
    expect([...tuner.variables.variables.keys()]).toEqual(['soft/a', 'soft/2']);
    const [tied] = tuner.variables.variables.values();
    tied?.assign(tf.ones([1, 8]));
    const prompt = promptOf(tuner);
    const values = prompt.kind === 'virtual-tokens' ? prompt.embeddings.dataSync() : [];
    expect([...values.slice(0, 16)]).toEqual(Array.from({ length: 16 }, () => 1));
    expect([...values.slice(16)]).not.toContain(1);
  });

  it('stand between what the encoder makes of the slots, which sees all of these', () => {
    using mixed = create('{prompt:2} {text} {soft:good} {prompt:1}');
    using slots = create('{prompt:2} {text} {prompt:1}');
    const [one, other] = [promptOf(mixed), promptOf(slots)].map((prompt) =>
      prompt.kind === 'virtual-tokens' ? prompt.embeddings.dataSync() : [],
    ) as [Float32Array, Float32Array]; // One for each.
    expect(one.slice(0, 16)).toEqual(other.slice(0, 16));
    expect(one.slice(24)).toEqual(other.slice(16));
  });
});
