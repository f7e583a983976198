import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PromptLayout } from '../contract/layout.ts';
import type { LayerPrefix, Prompt } from '../contract/prompt.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import { collate } from '../tokenizer/collate.ts';
import { encodeText } from '../tokenizer/encode-row.ts';

const tokenizer = createTinyTokenizer();
const texts = ['the film was good', 'a bad', 'it was a long time'];

function batchOf(layout: PromptLayout) {
  const rows = texts.map((text) => encodeText({ text }, { tokenizer, layout, maxPositions: 64 }));
  return collate(rows, tokenizer.special.pad);
}

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

/** What is differentiated, how it becomes a prompt, and the slots it needs. */
interface Case {
  readonly values: tf.Tensor;
  readonly layout: PromptLayout;
  prompt(values: tf.Tensor): Prompt;
}

/** The first values as keys and the rest as values, in both layers. */
function prefixOf(values: tf.Tensor): Prompt {
  const [keys, rest] = tf.unstack(values);
  const prefix = { keys, values: rest } as LayerPrefix; // Two of them, as drawn below.
  return { kind: 'layer-prefixes', sites: { encoder: [prefix, prefix] } };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('reading a summary of each row', () => {
  const none: PromptLayout = { kind: 'none' };
  const cases: [string, () => Case][] = [
    ['a prefix', () => ({ values: random([2, 2, 3, 4], 1), layout: none, prompt: prefixOf })],
    [
      'a prefix per row',
      () => ({ values: random([2, 3, 2, 3, 4], 1), layout: none, prompt: prefixOf }),
    ],
    [
      'virtual tokens in front',
      () => ({
        values: random([4, 8], 1),
        layout: { kind: 'placed', at: 'front', length: 4 },
        prompt: (values) => ({ kind: 'virtual-tokens', embeddings: values as tf.Tensor2D }),
      }),
    ],
  ];

  it.each(cases)('gives what reading all gives there, with %s', (_, make) => {
    using backbone = createTinyBackbone();
    const { values, layout, prompt } = make();
    const batch = batchOf(layout);
    const first = (all: tf.Tensor3D): tf.Tensor3D => tf.slice(all, [0, 0, 0], [3, 1, 8]);
    const weights = random([3, 1, 8], 9);
    const [ofAll, ofFirst] = (['all', 'summary'] as const).map((read) => {
      const hidden = (x: tf.Tensor) => first(backbone.forward(batch, prompt(x), { read }));
      const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(hidden(x), weights)));
      return [hidden(values), gradient(values)];
    }) as [tf.Tensor[], tf.Tensor[]]; // One for each way of reading.
    expect(backbone.forward(batch, prompt(values), { read: 'summary' }).shape).toEqual([3, 1, 8]);
    for (const [index, expected] of ofAll.entries()) {
      const difference = tf.max(tf.abs(tf.sub(expected, ofFirst[index] ?? 0)));
      expect(difference.dataSync()[0]).toBeLessThan(1e-5);
      expect(tf.max(tf.abs(expected)).dataSync()[0]).toBeGreaterThan(1e-3);
    }
  });
});
