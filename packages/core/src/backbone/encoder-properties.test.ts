import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../contract/batch.ts';
import type { Prompt } from '../contract/prompt.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import {
  batchOf,
  type Case,
  families,
  loadCase,
  type Padding,
  prefixOf,
  promptLength,
  realOnly,
  shortName,
  stored,
  tokensOf,
} from './encoder-case.ts';

expect.extend({ toBeAllClose });

describe.each(families)('%s', (family) => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  const prompts: [string, (loaded: Case, padding?: Padding) => [Batch, Prompt]][] = [
    [
      'no prompt',
      ({ reference }, padding) => [batchOf(reference, 'batch', padding), { kind: 'none' }],
    ],
    [
      'a prefix',
      ({ reference }, padding) => [
        batchOf(reference, 'batch', padding),
        prefixOf(['keys', 'values'].map((part) => stored(reference, `prefix.${part}`))),
      ],
    ],
    [
      'virtual tokens',
      ({ reference }, padding) => [
        batchOf(reference, 'batch', { ...padding, slots: promptLength }),
        tokensOf(stored(reference, 'prompt.vectors')),
      ],
    ],
  ];

  it.each(prompts)(
    'read for the first token equals reading all there, with %s',
    async (_, make) => {
      const loaded = await loadCase(family);
      using backbone = loaded.backbone;
      const [batch, prompt] = make(loaded);
      const all = backbone.forward(batch, prompt);
      const first = backbone.forward(batch, prompt, { read: 'summary' });
      const wanted = tf.slice(all, [0, 0, 0], [3, 1, 40]);
      expect(first.dataSync()).toBeAllClose(wanted.dataSync(), { absolute: 1e-5 });
    },
  );

  it.each(prompts)('gives real tokens the same with more padding, with %s', async (_, make) => {
    const loaded = await loadCase(family);
    using backbone = loaded.backbone;
    const bare = batchOf(loaded.reference, 'batch');
    const [one, other] = [{}, { behind: 3 }].map((padding) =>
      realOnly(backbone.forward(...make(loaded, padding)), bare),
    );
    expect(other).toBeAllClose(one ?? [], { absolute: 1e-5 });
  });

  it('takes the embeddings of real tokens for these tokens', async () => {
    const { backbone, reference } = await loadCase(family);
    const batch = batchOf(reference, 'single', { slots: promptLength });
    const ids = [7, 20, 33, 41];
    const inputIds = Int32Array.from(batch.inputIds, (id, place) => ids[place] ?? id);
    const fed = { ...batch, inputIds, slots: new Int32Array(), promptLength: 0 };
    const hidden = backbone.forward(fed, { kind: 'none' });
    const wanted = tf.slice(hidden, [0, promptLength, 0], [1, -1, -1]);
    const actual = backbone.forward(batch, tokensOf(backbone.embeddingsOf(ids)));
    expect(actual.dataSync()).toBeAllClose(wanted.dataSync(), { absolute: 1e-6 });
    backbone[Symbol.dispose]();
  });

  it('lists each of its weights once, all of them in the checkpoint', async () => {
    const { backbone, weights } = await loadCase(family);
    const names = backbone.parameters.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const left = weights.names.map(shortName).filter((name) => !names.includes(name));
    expect(left.filter((name) => !name.startsWith('classifier.'))).toEqual([]);
    for (const { name, shape } of backbone.parameters) {
      const saved = weights.names.find((candidate) => shortName(candidate) === name) ?? '';
      expect(backbone.weight(name).shape).toEqual(shape);
      expect(backbone.weight(name).dataSync()).toEqual(weights.float32(saved));
    }
    backbone[Symbol.dispose]();
  });
});
