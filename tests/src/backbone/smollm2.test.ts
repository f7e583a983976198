import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Backbone, collate, loadBackbone } from '@ptl/core';
import { findModel } from '@ptl/node';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { useTestEngine } from '../use-test-engine.ts';

/** Made with Transformers of the same file, see packages/core/fixtures/make_smollm2.py. */
interface Stored {
  readonly sha256: string;
  readonly text: string;
  readonly ids: readonly number[];
  /** Minus log probability of each token but the first, given those before it. */
  readonly losses: readonly number[];
  readonly perplexity: number;
  readonly continued: readonly { prompt: string; ids: number[]; added: number[] }[];
}

const fixture = new URL('../../../packages/core/fixtures/smollm2.json', import.meta.url);
const stored: Stored = JSON.parse(await readFile(fixture, 'utf8'));
const path = await findModel('smollm2-135m');
/** From where @ptl/node is found. */
const from = fileURLToPath(new URL('.', import.meta.url));
const absent = 'the model is not in the cache; loadBackbone("smollm2-135m") puts it there';

/** Scores of the whole vocabulary behind each token, `[sequence, vocabulary]`. */
function logitsOf(backbone: Backbone, ids: readonly number[]): tf.Tensor2D {
  const row = { inputIds: ids, tokenTypeIds: ids.map(() => 0), slots: [], truncatedTokens: 0 };
  const batch = collate([row], backbone.tokenizer.special.pad);
  const hidden = backbone.forward(batch, { kind: 'none' });
  const rows = tf.reshape<tf.Rank.R2>(hidden, [ids.length, backbone.geometry.hiddenSize]);
  const logits = backbone.vocabularyLogits?.(rows);
  if (!logits) throw new Error('a decoder has scores for its vocabulary');
  return logits;
}

async function valuesOf(compute: () => tf.Tensor): Promise<number[]> {
  const tensor = tf.tidy(compute);
  const values = Array.from(await tensor.data());
  tensor.dispose();
  return values;
}

/** Summed up in float64: an engine's own sum over the vocabulary costs digits. */
async function lossesOf(backbone: Backbone, ids: readonly number[]): Promise<number[]> {
  const values = await valuesOf(() => logitsOf(backbone, ids));
  const vocabulary = values.length / ids.length;
  return ids.slice(1).map((id, place) => {
    const scores = values.slice(place * vocabulary, (place + 1) * vocabulary);
    const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
    const sum = scores.reduce((total, score) => total + Math.exp(score - highest), 0);
    return highest + Math.log(sum) - (scores[id] ?? 0);
  });
}

async function continueGreedily(backbone: Backbone, ids: readonly number[], count: number) {
  const row = [...ids];
  while (row.length < ids.length + count) {
    const best = await valuesOf(() => tf.argMax(logitsOf(backbone, row), 1));
    row.push(best.at(-1) ?? 0);
  }
  return row.slice(ids.length);
}

describe.each(['tensorflow', 'wasm'] as const)('SmolLM2-135M on %s', (engine) => {
  it('has the perplexity, and continues sentences, as Transformers does', async (context) => {
    if (path === undefined) return context.skip(absent);
    await useTestEngine(engine, context);
    const sum = createHash('sha256').update(await readFile(path));
    expect(sum.digest('hex')).toBe(stored.sha256);
    using backbone = await loadBackbone('smollm2-135m', { hubUrl: 'http://127.0.0.1:1', from });
    expect(backbone.tokenizer.tokenize(stored.text)).toEqual(stored.ids);
    const losses = await lossesOf(backbone, stored.ids);
    const differences = losses.map((loss, index) => Math.abs(loss - (stored.losses[index] ?? 0)));
    expect(Math.max(...differences)).toBeLessThan(1e-3);
    const mean = losses.reduce((total, loss) => total + loss, 0) / losses.length;
    expect(Math.abs(Math.exp(mean) / stored.perplexity - 1)).toBeLessThan(1e-5);
    for (const { prompt, ids, added } of stored.continued) {
      expect(backbone.tokenizer.tokenize(prompt)).toEqual(ids);
      // A token takes WebAssembly a second.
      const count = engine === 'wasm' ? 3 : added.length;
      expect(await continueGreedily(backbone, ids, count)).toEqual(added.slice(0, count));
    }
  }, 300_000);
});
