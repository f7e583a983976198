import { describe, expect, it } from 'vitest';
import { loadFixtureTokenizer } from '../../tokenizer/fixture-tokenizer.ts';
import { selectClozeRows, singleTokenWords, vocabularyWords } from './single-token-words.ts';

const bert = { tokenizer: loadFixtureTokenizer('bert') };
const roberta = { tokenizer: loadFixtureTokenizer('roberta') };

describe('singleTokenWords', () => {
  it('keeps words of one token, each token once', () => {
    const words = ['train', 'trains', ' bread', 'Train', 'days', '語', 'two days', ''];
    expect(singleTokenWords(words, bert)).toEqual(['train', 'bread', 'days']);
  });

  it('looks for them where a template has its mask', () => {
    const words = ['the', 'The', 'and', 'all'];
    expect(singleTokenWords(words, roberta)).toEqual(['the', 'and']);
    const template = '{mask} is what {text} is.';
    expect(singleTokenWords(words, { ...roberta, template })).toEqual(['The', 'all']);
    const tuned = '{prompt:3} {mask} {prompt:3} {text}';
    expect(singleTokenWords(words, { ...roberta, template: tuned })).toEqual(['The', 'all']);
    const behind = '{prompt:3} {text} {prompt:3} {mask}';
    expect(singleTokenWords(words, { ...roberta, template: behind })).toEqual(['the', 'and']);
  });

  it('finds words that are common to tokenizers', () => {
    const words = ['the', 'train', 'and', 'to'];
    expect(singleTokenWords(singleTokenWords(words, bert), roberta)).toEqual(['the', 'and', 'to']);
  });
});

describe('vocabularyWords', () => {
  it('has the words of a vocabulary, each of which is one token', () => {
    const words = vocabularyWords(bert);
    expect(words).toEqual(expect.arrayContaining(['lighthouse', 'battery', 'the', 'train']));
    expect(words.filter((word) => !/^\p{L}{2,}$/u.test(word))).toEqual([]);
    expect(singleTokenWords(words, bert)).toEqual(words);
    // Pieces that stand behind others, numbers, letters and special tokens are none.
    for (const word of ['ing', '18', 'a', 'MASK']) expect(words).not.toContain(word);
  });

  it('has those behind a space of a byte-level vocabulary, or those that begin a text', () => {
    const words = vocabularyWords(roberta);
    expect(words).toEqual(expect.arrayContaining(['the', 'and', 'to']));
    expect(words).not.toContain('The');
    // One letter behind a space, `Ġa`.
    expect(words.filter((word) => !/^[a-z]{2,}$/.test(word))).toEqual([]);
    const first = vocabularyWords({ ...roberta, template: '{mask} {text}' });
    expect(first).toContain('The');
    expect(first).not.toContain('the');
  });
});

describe('selectClozeRows', () => {
  it('parts rows that can be asked for from others, and says why', () => {
    const rows = ['Train', 'two days', '語', 'bread'].map((object) => ({
      text: 'It',
      object,
      id: 1,
    }));
    const { rows: kept, skipped } = selectClozeRows(rows, ['train', 'days'], bert);
    expect(kept).toEqual([rows[0]]);
    expect(skipped).toEqual([
      { row: rows[1], reason: '2 tokens, where one is read' },
      { row: rows[2], reason: 'unknown to the tokenizer' },
      { row: rows[3], reason: 'none of the candidates' },
    ]);
  });

  it('does not take a row for a candidate that is itself of several tokens', () => {
    const rows = [{ text: 'It', object: 'two days' }];
    expect(selectClozeRows(rows, ['two days'], bert).rows).toEqual([]);
  });
});
