import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from './create-tokenizer.ts';

interface Cases {
  readonly texts: readonly { readonly text: string; readonly ids: number[] }[];
  readonly pairs: readonly {
    readonly texts: readonly [string, string];
    readonly ids: number[];
    readonly types: number[];
  }[];
  readonly words: readonly {
    readonly words: readonly string[];
    readonly ids: number[];
    readonly wordIds: readonly (number | null)[];
  }[];
}

/** Made with Python's tokenizers library, see fixtures/make_sentencepiece.py. */
const folder = new URL('../../fixtures/sentencepiece/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

describe.each(['albert', 'deberta', 't5', 'charsmap', 'llama'])(
  'a tokenizer in the shape of %s',
  (shape) => {
    const held = read(shape);
    const cases: Cases = held.cases;
    const tokenizer = createTokenizer(held.tokenizer, {}, 'tokenizer.json');

    it.each(cases.texts)('gives the ids of Python for $text', ({ text, ids }) => {
      expect(tokenizer.assemble(tokenizer.tokenize(text)).inputIds).toEqual(ids);
    });

    it.each(cases.pairs)('assembles the pair $texts as Python does', ({ texts, ids, types }) => {
      const [first, second] = texts;
      const row = tokenizer.assemble(tokenizer.tokenize(first), tokenizer.tokenize(second));
      expect(row.inputIds).toEqual(ids);
      expect(row.tokenTypeIds).toEqual(types);
    });

    it.each(cases.words)(
      'gives each word of $words the ids of Python',
      ({ words, ids, wordIds }) => {
        const expected = words.map((_, word) => ids.filter((_, index) => wordIds[index] === word));
        expect(tokenizer.tokenizeWords(words)).toEqual(expected);
      },
    );
  },
);

it('lowers a capital sigma at the end of a word as Python does', () => {
  const { tokenizer: json } = read('albert');
  const vocab = [...json.model.vocab, ['σ', -1], ['ς', -1]];
  const model = { ...json.model, vocab };
  const tokenizer = createTokenizer({ ...json, model }, {}, 'tokenizer.json');
  const tokens = tokenizer.tokenize('aΣ').map(tokenizer.idToToken);
  expect(tokens.at(-1)).toBe('σ');
});
