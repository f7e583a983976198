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

/** One row of a batch without slots, without its padding. */
function rowOf({ sequence, inputIds, attentionMask, tokenTypeIds }: Batch, row: number): Batch {
  const length = attentionMask.slice(row * sequence, (row + 1) * sequence).indexOf(0);
  const end = row * sequence + (length < 0 ? sequence : length);
  return {
    size: 1,
    sequence: end - row * sequence,
    inputIds: inputIds.slice(row * sequence, end),
    attentionMask: attentionMask.slice(row * sequence, end),
    tokenTypeIds: tokenTypeIds.slice(row * sequence, end),
    promptLength: 0,
    slots: new Int32Array(),
  };
}

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

  it.each([
    ['in front', [0, 1, 2, 3]],
    ['between others', [1, 2, 6, 11]],
  ])('takes the embeddings of real tokens for these tokens, %s', async (_, places) => {
    const { backbone, reference } = await loadCase(family);
    const fed = batchOf(reference, 'single');
    const ids = places.map((place) => fed.inputIds[place] ?? 0);
    const inputIds = fed.inputIds.map((id, place) => (places.includes(place) ? 0 : id));
    const slots = Int32Array.from(places);
    const batch = { ...fed, inputIds, slots, promptLength: places.length };
    const rest = [...fed.inputIds.keys()].filter((place) => !places.includes(place));
    const wanted = tf.gather(backbone.forward(fed, { kind: 'none' }), rest, 1);
    const actual = backbone.forward(batch, tokensOf(backbone.embeddingsOf(ids)));
    expect(actual.dataSync()).toBeAllClose(wanted.dataSync(), { absolute: 1e-6 });
    backbone[Symbol.dispose]();
  });

  it('gives a row alone what it gives it among rows with other prefix lengths', async () => {
    const { backbone, reference } = await loadCase(family);
    const batch = batchOf(reference, 'batch');
    const rows = [1, -2, 0.5]; // A prefix for each row: the stored one times this.
    const lengths = [5, 0, 2];
    const prefixes = rows.map((factor) =>
      ['keys', 'values'].map((part) => tf.mul(stored(reference, `prefix.${part}`), factor)),
    );
    const stack = (kind: number): tf.Tensor =>
      tf.stack(
        prefixes.map((parts) => parts[kind] as tf.Tensor),
        1,
      ); // Two kinds, as mapped above.
    const together = backbone.forward(batch, { ...prefixOf([stack(0), stack(1)]), lengths });
    for (const [row, length] of lengths.entries()) {
      const own = (prefixes[row] ?? []).map((part) =>
        tf.slice(part, [0, 0, 0, 0], [-1, -1, length, -1]),
      );
      const alone = backbone.forward(
        rowOf(batch, row),
        length === 0 ? { kind: 'none' } : prefixOf(own),
      );
      const same = tf.slice(together, [row, 0, 0], [1, alone.shape[1], 40]);
      expect(same.dataSync()).toBeAllClose(alone.dataSync(), { absolute: 1e-5 });
    }
    backbone[Symbol.dispose]();
  });

  it('makes a prefix for each layer of the keys and values of a text', async () => {
    const { backbone, reference } = await loadCase(family);
    const { geometry } = backbone;
    const encoder = backbone.keysAndValuesOf([5, 6, 7]);
    expect(encoder.length).toBe(geometry.numLayers);
    const prompt: Prompt = { kind: 'layer-prefixes', sites: { encoder } };
    const batch = batchOf(reference, 'batch');
    expect(backbone.forward(batch, prompt).shape).toEqual([3, 12, geometry.hiddenSize]);
    tf.dispose(encoder.map(({ keys, values }) => [keys, values]));
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

describe('dropout of the frozen model', () => {
  it.each([
    ['albert', ['embeddings 0.1', 'layer/0/attention 0.2', 'layer/0/attended 0.1']],
    [
      'deberta-c2p',
      [
        'embeddings 0.1',
        'layer/0/positions 0.1',
        'layer/0/attention 0.2',
        'layer/0/attended 0.1',
        'layer/0/output 0.1',
        'convolution 0.1',
      ],
    ],
  ])('is where Transformers has it in %s', async (family, expected) => {
    await tf.setBackend('cpu');
    const rates = { hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.2 };
    const { backbone, reference } = await loadCase(family, rates);
    const drawn: string[] = [];
    const dropout = <T extends tf.Tensor>(tensor: T, rate: number, name: string): T => {
      if (rate > 0) drawn.push(`${name} ${rate}`);
      return tf.mul(tensor, 1 - rate);
    };
    backbone.forward(batchOf(reference, 'batch'), { kind: 'none' }, { dropout });
    expect(drawn.filter((name) => !/^layer\/[1-9]/.test(name))).toEqual(expected);
    backbone[Symbol.dispose]();
  });
});
