import { readFile } from 'node:fs/promises';
import {
  type Backbone,
  collate,
  createModel,
  createWeights,
  encodeText,
  loadBackbone,
  parseSafetensors,
  verbalizedClassification,
  type Weights,
} from '@ptl/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { useTestEngine } from '../use-test-engine.ts';

interface StoredRow {
  readonly texts: readonly [string, string?];
  readonly ids: readonly number[];
  /** Positions whose hidden states are stored. */
  readonly positions: readonly number[];
}

const fixtures = new URL('../../../packages/core/fixtures/', import.meta.url);

async function readFixtures(): Promise<[StoredRow[], Weights]> {
  const rows = JSON.parse(await readFile(new URL('minilm.json', fixtures), 'utf8'));
  const bytes = new Uint8Array(await readFile(new URL('minilm.safetensors', fixtures)));
  return [rows, await createWeights(parseSafetensors(bytes, 'minilm').tensors, 'minilm')];
}

function encode({ tokenizer, geometry }: Backbone, { texts: [text, textPair] }: StoredRow) {
  const { maxPositions } = geometry;
  return encodeText({ text, textPair }, { tokenizer, layout: { kind: 'none' }, maxPositions });
}

/** Hidden states of the chosen positions of one row, `[positions, hidden]`. */
function statesAt(hidden: tf.Tensor3D, row: number, positions: readonly number[]): tf.Tensor2D {
  const [, sequence, width] = hidden.shape;
  const states = tf.reshape(tf.slice(hidden, [row, 0, 0], [1, -1, -1]), [sequence, width]);
  return tf.gather(states as tf.Tensor2D, [...positions]);
}

describe.each(['tensorflow', 'wasm'] as const)('MiniLM on %s', (engine) => {
  it('gives the hidden states of Transformers for ten sentences', async (context) => {
    await useTestEngine(engine, context);
    const [rows, expected] = await readFixtures();
    using backbone = await loadBackbone();
    const encoded = rows.map((row) => encode(backbone, row));
    expect(encoded.map(({ inputIds }) => inputIds)).toEqual(rows.map(({ ids }) => ids));
    // The longest row with the shortest, which is nearly all padding then, and the rest together.
    const long = [1, 2];
    const short = rows.map((_, row) => row).filter((row) => !long.includes(row));
    for (const chosen of [long, short]) {
      const batch = collate(
        encoded.filter((_, row) => chosen.includes(row)),
        backbone.tokenizer.special.pad,
      );
      const hidden = tf.tidy(() => backbone.forward(batch, { kind: 'none' }));
      for (const [index, row] of chosen.entries()) {
        const positions = rows[row]?.positions ?? [];
        const actual = statesAt(hidden, index, positions);
        const stored = tf.tensor2d(expected.float32(`hidden.${row}`), actual.shape);
        const difference = tf.max(tf.abs(tf.sub(actual, stored))).dataSync()[0];
        expect(difference, `row ${row}`).toBeLessThan(1e-4);
      }
    }
  });

  it('is refused where a task reads words, for it has no head for them', async (context) => {
    await useTestEngine(engine, context);
    using backbone = await loadBackbone();
    const task = verbalizedClassification({
      labels: ['good', 'bad'],
      words: { good: 'great', bad: 'terrible' },
      template: '{text} It was {mask}.',
    });
    expect(backbone.vocabularyLogits).toBeNull();
    expect(() => createModel({ backbone, task })).toThrow(/no head that scores its words/);
  });
});
