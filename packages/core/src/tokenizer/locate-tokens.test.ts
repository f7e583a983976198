import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from './create-tokenizer.ts';
import { loadFixtureTokenizer } from './fixture-tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8'));

/** Made with Python's tokenizers library, see fixtures/make_offsets.py. */
const held: {
  readonly texts: readonly string[];
  readonly offsets: Readonly<Record<string, readonly (readonly number[])[]>>;
} = read('offsets');

const tokenizers: Readonly<Record<string, Tokenizer>> = {
  bert: loadFixtureTokenizer('bert'),
  roberta: loadFixtureTokenizer('roberta'),
  albert: createTokenizer(read('sentencepiece/albert').tokenizer, {}, 'tokenizer.json'),
};

/** Unigram counts a space that is not there, and bare spaces have no characters. */
const isBare = /^([▁Ġ]*|<unk>)$/;

describe.each(Object.entries(tokenizers))('the tokens of %s', (name, tokenizer) => {
  it.each(held.texts.map((text, index) => ({ text, offsets: held.offsets[name]?.[index] ?? [] })))(
    'stand where Python finds them in $text',
    ({ text, offsets }) => {
      const { ids, spans } = tokenizer.locate(text);
      expect(ids).toEqual(tokenizer.tokenize(text));
      expect(spans.length * 2).toBe(offsets.length);
      const places = spans.map(({ start, end }, index) => `${index}: ${start}-${end}`);
      const expected = spans.map((_, index) => {
        const [start, end] = offsets.slice(2 * index);
        return `${index}: ${start}-${end}`;
      });
      const told = (_: string, index: number) =>
        !isBare.test(tokenizer.idToToken(ids[index] ?? -1) ?? '');
      expect(places.filter(told)).toEqual(expected.filter(told));
    },
  );
});
