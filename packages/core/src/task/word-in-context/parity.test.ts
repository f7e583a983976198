import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../backbone/backbone.ts';
import { createModel } from '../../model/create-model.ts';
import { toBeAllClose } from '../../testing/all-close.ts';
import { loadFixtureBackbone } from '../../testing/fixture-checkpoint.ts';
import { hashed } from '../../testing/hashed-weights.ts';
import { wordInContext } from './word-in-context.ts';
import type { WordInContextRow } from './word-row.ts';

expect.extend({ toBeAllClose });

// Written by fixtures/make_word_in_context.py.
const held: {
  readonly rows: readonly Readonly<Record<'text' | 'word' | 'textPair' | 'wordPair', string>>[];
  readonly cases: Readonly<
    Record<string, readonly { ids: number[]; words: number[][]; logits: number[] }[]>
  >;
} = JSON.parse(
  readFileSync(new URL('../../../fixtures/word-in-context.json', import.meta.url), 'utf8'),
);

function spanOf(text: string, word: string): readonly [number, number] {
  const start = text.indexOf(word);
  return [start, start + word.length];
}

const rows: readonly WordInContextRow<'false' | 'true'>[] = held.rows.map(
  ({ text, word, textPair, wordPair }) => ({
    text,
    textPair,
    span: spanOf(text, word),
    spanPair: spanOf(textPair, wordPair),
    label: 'true',
  }),
);

describe.each(Object.entries(held.cases))('words in context with %s', (family, stored) => {
  let backbone: Backbone;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    backbone = await loadFixtureBackbone(family);
  });
  afterAll(() => backbone[Symbol.dispose]());

  function createStored() {
    const model = createModel({ backbone, task: wordInContext({ labels: ['false', 'true'] }) });
    for (const [name, variable] of model.trainableVariables) {
      const { shape } = variable;
      const named = name.replace('head/', '').replace('/', '.');
      tf.tidy(() => variable.assign(tf.tensor(hashed(named, shape), shape)));
    }
    return model;
  }

  it('finds the tokens of a word where the offsets of the tokenizers library have them', () => {
    using model = createStored();
    const read = model.encode(rows).map(({ example }) => example.row);
    expect(read.map(({ inputIds }) => inputIds)).toEqual(stored.map(({ ids }) => ids));
    const places = read.map(({ words = [] }) =>
      words.map(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at)),
    );
    expect(places).toEqual(stored.map(({ words }) => words));
  });

  it.each(['cpu', 'wasm'])('gives the logits of Transformers on %s', async (engine) => {
    await tf.setBackend(engine);
    using model = createStored();
    const given = await model.logits(rows);
    for (const [row, { logits }] of stored.entries()) {
      expect(given[row]?.shape).toEqual([2]);
      expect(given[row]?.values).toBeAllClose(logits, { absolute: 2e-5, relative: 0 });
    }
  });
});
