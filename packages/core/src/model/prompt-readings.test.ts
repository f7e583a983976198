import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { prefixModel, slotModel, tagModel } from '../predictor/adapter-samples.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { toBeAllClose } from '../testing/all-close.ts';
import { loadFixtureBackbone } from '../testing/fixture-checkpoint.ts';
import { hashed } from '../testing/hashed-weights.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createModel } from './create-model.ts';
import { FoldedTuner, foldPrompt } from './folded-tuner.ts';
import { formatNearestWords, nearestWords } from './nearest-words.ts';
import { promptSimilarity } from './prompt-similarity.ts';
import { TunedModel } from './tuned-model.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

interface Ranking {
  readonly ids: number[][];
  readonly scores: number[][];
}

// See fixtures/make_prompt_readings.py.
const fixture = new URL('../../fixtures/prompt-readings.json', import.meta.url);
const { nearest, similarity } = JSON.parse(readFileSync(fixture, 'utf8')) as {
  nearest: Record<'cosine' | 'euclidean', Ranking>;
  similarity: Record<'average' | 'perToken', number[]>;
};

/** A model with a prompt of hashed values. */
function hashedModel(backbone: Backbone, name: string, length: number): TunedModel {
  const task = sequenceClassification({ labels: ['bad', 'good'] });
  const { parts } = createModel({ backbone, task });
  const shape: [number, number] = [length, backbone.geometry.embeddingSize];
  const embeddings = tf.tensor2d(hashed(name, shape), shape);
  const layout = { kind: 'placed', at: 'front', length } as const;
  const tuner = new FoldedTuner({ kind: 'virtual-tokens', embeddings }, layout, length);
  return new TunedModel<unknown, unknown>({ ...(parts as TunedModel['parts']), tuner });
}

describe('the nearest words', () => {
  it.each(['cosine', 'euclidean'] as const)('are those of numpy, by %s', async (metric) => {
    using backbone = await loadFixtureBackbone('bert');
    using model = hashedModel(backbone, 'one', 3);
    const before = tf.memory().numTensors;
    const found = await nearestWords(model, { count: 6, metric });
    expect(tf.memory().numTensors).toBe(before);
    const ordinary = new Set(backbone.frequentTokens(backbone.geometry.vocabularySize));
    const { ids, scores } = nearest[metric];
    for (const [position, words] of found.entries()) {
      const ranked = (ids[position] ?? []).flatMap((id, rank) =>
        ordinary.has(id) ? [[id, scores[position]?.[rank] ?? 0] as const] : [],
      );
      expect(words.map(({ id }) => id)).toEqual(ranked.slice(0, 6).map(([id]) => id));
      const expected = ranked.slice(0, 6).map(([, score]) => score);
      expect(words.map(({ score }) => score)).toBeAllClose(expected);
      expect(words.map(({ token }) => token)).toEqual(
        words.map(({ id }) => backbone.tokenizer.idToToken(id)),
      );
    }
    expect(found).toHaveLength(3);
  });

  it('of a prompt that is a word’s embedding begin with the word, at no distance', async () => {
    using backbone = createTinyBackbone();
    using model = slotModel(backbone);
    const ids = backbone.tokenize('good film').slice(0, 2);
    const [rows] = model.trainableVariables.values();
    tf.tidy(() => rows?.assign(backbone.embeddingsOf(ids)));
    const found = await nearestWords(model, { metric: 'euclidean', count: 1 });
    expect(found).toMatchObject([[{ token: 'good', score: 0 }], [{ token: 'film', score: 0 }]]);
    expect(formatNearestWords(found)).toBe('0  good 0.000\n1  film 0.000\n');
  });

  it('are looked for in all of a large vocabulary, a bounded part of it at once', async () => {
    using tiny = createTinyBackbone();
    const [near = 0, far = 0] = tiny.tokenize('good film');
    const sizes: number[] = [];
    const large: Backbone = {
      ...tiny,
      frequentTokens: () => [...new Array<number>(5000).fill(far), near],
      embeddingsOf: (ids) => {
        sizes.push(ids.length);
        return tiny.embeddingsOf(ids);
      },
    };
    using model = slotModel(large, { length: 1 });
    const [rows] = model.trainableVariables.values();
    tf.tidy(() => rows?.assign(tiny.embeddingsOf([near])));
    const [found] = await nearestWords(model, { count: 2 });
    expect(found?.map(({ token }) => token)).toEqual(['good', 'film']);
    expect(Math.max(...sizes)).toBeLessThan(5001);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5001);
  });

  it('need virtual tokens, and a count', async () => {
    using backbone = createTinyBackbone();
    using prefix = prefixModel(backbone);
    await expect(nearestWords(prefix)).rejects.toThrow(
      'Expected virtual tokens, got layer-prefixes',
    );
    using slots = slotModel(backbone);
    await expect(nearestWords(slots, { count: 0 })).rejects.toThrow('count:');
  });
});

describe('the similarity of prompts', () => {
  it('is that of numpy, for prompts of other lengths too', async () => {
    using backbone = await loadFixtureBackbone('bert');
    using one = hashedModel(backbone, 'one', 3);
    using two = hashedModel(backbone, 'two', 2);
    const { names, average, perToken } = await promptSimilarity({ one, two });
    expect(names).toEqual(['one', 'two']);
    expect(average.flat()).toBeAllClose(similarity.average);
    expect(perToken.flat()).toBeAllClose(similarity.perToken);
  });

  it('of prefixes compares the keys and values of all layers', async () => {
    using backbone = createTinyBackbone();
    using one = prefixModel(backbone, { length: 1 }, { seed: 1 });
    using other = prefixModel(backbone, { length: 1 }, { seed: 2 });
    const [a, b] = [one, other].map((model) => {
      const prompt = foldPrompt(model.parts.tuner);
      const layers = (prompt.kind === 'layer-prefixes' && prompt.sites.encoder) || [];
      return layers.flatMap((layer) =>
        [layer?.keys, layer?.values].flatMap((part) => [...(part?.dataSync() ?? [])]),
      );
    }) as [number[], number[]];
    const dot = (x: number[], y: number[]) => x.reduce((sum, v, at) => sum + v * (y[at] ?? 0), 0);
    const expected = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    const { average, perToken } = await promptSimilarity({ one, other });
    expect(a).toHaveLength(32);
    for (const matrix of [average, perToken]) {
      expect(matrix.flat()).toBeAllClose([1, expected, expected, 1]);
    }
  });

  it('is refused for one prompt, and for prompts without a common position', async () => {
    using backbone = createTinyBackbone();
    using one = prefixModel(backbone);
    using tokens = slotModel(backbone);
    using upper = prefixModel(backbone, { skip: 1 });
    using tags = tagModel(backbone, 'prefix', 1);
    await expect(promptSimilarity({ one })).rejects.toThrow('Expected two or more');
    await expect(promptSimilarity({ one, tokens })).rejects.toThrow('tokens: Expected positions');
    await expect(promptSimilarity({ one, upper })).rejects.toThrow('upper: Expected positions');
    expect((await promptSimilarity({ one, tags })).average).toHaveLength(2);
  });
});
