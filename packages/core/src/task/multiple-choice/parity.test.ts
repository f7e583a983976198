import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../backbone/backbone.ts';
import { loadTinyCheckpoint } from '../../backbone/tiny-checkpoint.ts';
import { createModel } from '../../model/create-model.ts';
import { toBeAllClose } from '../../testing/all-close.ts';
import { createTinyTokenizer } from '../../testing/tiny-tokenizer.ts';
import { loadFixtureTokenizer } from '../../tokenizer/fixture-tokenizer.ts';
import { sequencesOf } from '../sequences-of.ts';
import type { ChoiceRow } from './choice-row.ts';
import { multipleChoice } from './multiple-choice.ts';

expect.extend({ toBeAllClose });

interface StoredCase {
  readonly source: string;
  readonly architecture: string;
  readonly head: Readonly<Record<string, readonly number[]>>;
  readonly rows: readonly {
    readonly ids: readonly (readonly number[])[];
    readonly logits: readonly number[];
    readonly loss: number;
  }[];
}

// Written by fixtures/make_multiple_choice.py.
const held: {
  readonly rows: Readonly<Record<'backbones' | 'encoders', readonly ChoiceRow[]>>;
  readonly cases: Readonly<Record<string, StoredCase>>;
} = JSON.parse(
  readFileSync(new URL('../../../fixtures/multiple-choice.json', import.meta.url), 'utf8'),
);
const close = { absolute: 2e-5, relative: 0 };

function tokenizerOf(source: string) {
  const [place, family] = source.split('/');
  if (place === 'encoders') return createTinyTokenizer();
  return loadFixtureTokenizer(family as 'bert' | 'roberta' | 'distilbert'); // As the cases name them.
}

describe.each(['cpu', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  describe.each(Object.entries(held.cases))('multiple choice with %s', (_, stored) => {
    const { source, architecture, head } = stored;
    const rows = held.rows[source.startsWith('encoders') ? 'encoders' : 'backbones'];
    let backbone: Backbone;
    beforeAll(async () => {
      const changes = { architectures: [architecture] };
      backbone = await loadTinyCheckpoint({
        source,
        changes,
        head,
        tokenizer: tokenizerOf(source),
      });
    });
    afterAll(() => backbone[Symbol.dispose]());
    const create = () => createModel({ backbone, task: multipleChoice(), head: 'checkpoint' });

    it('reads each choice as Transformers does', () => {
      using model = create();
      const read = model.encode(rows).map(({ example }) => sequencesOf(example));
      const ids = read.map((sequences) => sequences.map(({ inputIds }) => inputIds));
      expect(ids).toEqual(stored.rows.map((row) => row.ids));
    });

    it('gives the logits of Transformers, in a batch of rows with more and fewer choices', async () => {
      using model = create();
      const given = await model.logits(rows);
      for (const [row, { logits }] of stored.rows.entries()) {
        expect(given[row]?.shape).toEqual([logits.length]);
        expect(given[row]?.values).toBeAllClose(logits, close);
      }
    });

    it('has the losses of Transformers, row by row and together', async () => {
      using model = create();
      const losses: number[] = [];
      for (const row of rows) losses.push((await model.evaluate([row])).loss);
      expect(losses).toBeAllClose(
        stored.rows.map(({ loss }) => loss),
        close,
      );
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      expect((await model.evaluate(rows)).loss).toBeCloseTo(mean, 5);
    });
  });
});
