import { fileURLToPath } from 'node:url';
import type { Backbone } from '../backbone/backbone.ts';
import { loadTinyCheckpoint } from '../backbone/tiny-checkpoint.ts';
import { readJson } from '../files/read-file.ts';
import { loadFixtureTokenizer } from '../tokenizer/fixture-tokenizer.ts';

/*
 * Tiny language models that read words, and what Transformers gives for them, written by
 * fixtures/make_verbalizers.py. For tests.
 */

type Rows = readonly (readonly number[])[];

interface StoredVerbalizers {
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly texts: readonly string[];
  readonly pairs: readonly (readonly [string, string])[];
  readonly contentFree: readonly string[];
  readonly cases: Readonly<Record<string, Readonly<Record<string, Rows>>>>;
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
// As written.
export const verbalizers = (await readJson(`${fixtures}/verbalizers.json`)) as StoredVerbalizers;

/** What heads add to a transformer, by the names under which they are stored. */
const heads = (await readJson(`${fixtures}/vocabulary-heads.json`)) as Record<
  string,
  { readonly head: Readonly<Record<string, readonly number[]>> }
>;

export const verbalizerModels = Object.keys(verbalizers.cases);

export function isDecoder(name: string): boolean {
  return name === 'gpt2' || name === 'llama';
}

/** A language model of the fixtures. The caller owns the result. */
export function loadLanguageModel(name: string): Promise<Backbone> {
  const tokenizer = loadFixtureTokenizer(name === 'bert' ? 'bert' : 'roberta');
  if (!isDecoder(name)) {
    const { head = {} } = heads[`${name}-tied`] ?? {};
    return loadTinyCheckpoint({ source: `backbones/${name}`, changes: {}, head, tokenizer });
  }
  const head = name === 'llama' ? { 'lm_head.weight': [300, 40] } : {};
  return loadTinyCheckpoint({ source: name, changes: { vocab_size: 300 }, head, tokenizer });
}
