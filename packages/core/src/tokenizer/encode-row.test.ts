import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import type { PromptLayout, PromptPlacement } from '../contract/layout.ts';
import { encodeText, encodeWords } from './encode-row.ts';
import type { EncodedRow } from './encoded-row.ts';
import { loadFixtureTokenizer } from './fixture-tokenizer.ts';
import { resolveTemplate } from './resolve-template.ts';
import { parseTemplate } from './template.ts';

interface StoredRow {
  readonly text: string;
  readonly textPair: string | null;
  readonly maxPositions: number;
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

// Written by fixtures/make_truncation.py.
const stored: { readonly rows: Readonly<Record<'bert' | 'roberta', readonly StoredRow[]>> } =
  JSON.parse(readFileSync(new URL('../../fixtures/truncation.json', import.meta.url), 'utf8'));

const bert = loadFixtureTokenizer('bert');
const roberta = loadFixtureTokenizer('roberta');
const none: PromptLayout = { kind: 'none' };
const placed = (at: PromptPlacement, length: number): PromptLayout => ({
  kind: 'placed',
  at,
  length,
});
const template = (source: string): PromptLayout => ({
  kind: 'template',
  parts: resolveTemplate(parseTemplate(source), () => []).parts,
});

/** Tokens in reading order, slots as `_`. */
function show(row: EncodedRow, tokenizer = bert): string {
  const tokens = row.inputIds.map((id, at) =>
    row.slots.includes(at) ? '_' : tokenizer.idToToken(id),
  );
  return tokens.join(' ');
}

/** What is left of a row without its slots. */
function real({ inputIds, tokenTypeIds, slots }: EncodedRow) {
  const keep = (_: number, at: number) => !slots.includes(at);
  return { ids: inputIds.filter(keep), types: tokenTypeIds.filter(keep) };
}

function encode(source: string, text: string, textPair?: string, tokenizer = bert): EncodedRow {
  const context = { tokenizer, layout: template(source), maxPositions: 64 };
  return encodeText({ text, textPair }, context);
}

describe.each(['bert', 'roberta'] as const)('encodeText with the tokenizer of %s', (family) => {
  const tokenizer = loadFixtureTokenizer(family);

  it.each(stored.rows[family])(
    'encodes and cuts as Transformers: $text, $textPair, $maxPositions',
    (row) => {
      const { text, maxPositions } = row;
      const input = { text, textPair: row.textPair ?? undefined };
      const encoded = encodeText(input, { tokenizer, layout: none, maxPositions });
      expect(encoded.inputIds).toEqual(row.ids);
      expect(encoded.tokenTypeIds).toEqual(row.types);
      expect(encoded.slots).toEqual([]);
      const full = encodeText(input, { tokenizer, layout: none, maxPositions: 99 });
      expect(encoded.truncatedTokens).toBe(full.inputIds.length - row.ids.length);
    },
  );

  it.each(stored.rows[family])(
    'leaves slots without changing the rest: $text, $textPair',
    (row) => {
      const input = { text: row.text, textPair: row.textPair ?? undefined };
      for (const at of ['front', 'after-first', 'end'] as const) {
        const layout = placed(at, 5);
        const maxPositions = row.maxPositions + 5;
        const encoded = encodeText(input, { tokenizer, layout, maxPositions });
        expect(real(encoded)).toEqual({ ids: row.ids, types: row.types });
        const first = { front: 0, 'after-first': 1, end: row.ids.length }[at];
        expect(encoded.slots).toEqual([0, 1, 2, 3, 4].map((slot) => first + slot));
        const held = encoded.slots.map((slot) => encoded.inputIds[slot]);
        expect(new Set(held)).toEqual(new Set([tokenizer.special.pad]));
      }
    },
  );

  it('encodes a template of one slot and the texts as it encodes them without', () => {
    const context = { tokenizer, maxPositions: 64 };
    const layout = template('{prompt:2} {text} {sep} {text_pair}');
    for (const text of ['the rain', '']) {
      const encoded = encodeText({ text }, { ...context, layout });
      const plain = encodeText({ text }, { ...context, layout: none });
      expect(real(encoded)).toEqual({ ids: plain.inputIds, types: plain.tokenTypeIds });
      expect(encoded.slots).toEqual([1, 2]);
    }
  });
});

describe('encodeText with a template', () => {
  it('puts slots, texts and words where the template has them', () => {
    const row = encode(
      '{prompt:2} {text} {prompt:1} it was {sep} {prompt:1} {text_pair} to',
      'the',
      'two',
    );
    expect(show(row)).toBe('[CLS] _ _ the _ it was [SEP] _ two to [SEP]');
    expect(row.tokenTypeIds).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect(row.slots).toEqual([1, 2, 4, 8]);
  });

  it('equals a pair of texts where it has nothing but them and a slot', () => {
    const context = { tokenizer: bert, layout: none, maxPositions: 64 };
    const plain = encodeText({ text: 'the rain', textPair: 'it was' }, context);
    const row = encode('{prompt:2} {text} {sep} {text_pair}', 'the rain', 'it was');
    expect(real(row)).toEqual({ ids: plain.inputIds, types: plain.tokenTypeIds });
  });

  it('counts types from the second text on also where that is {text}', () => {
    const row = encode('{text_pair} {sep} {text} {prompt:1}', 'the', 'two');
    expect(show(row)).toBe('[CLS] two [SEP] the _ [SEP]');
    expect(row.tokenTypeIds).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('gives one type to texts that no separator parts', () => {
    const row = encode('{prompt:1} {sep} {text} it {text_pair}', 'the', 'two');
    expect(show(row)).toBe('[CLS] _ [SEP] the it two [SEP]');
    expect(new Set(row.tokenTypeIds)).toEqual(new Set([0]));
  });

  it('leaves out the second text, and the separator right before it, for a row without', () => {
    const row = encode('{text} {sep} {text_pair} {prompt:1}', 'the');
    expect(show(row)).toBe('[CLS] the _ [SEP]');
    expect(show(encode('{text} {sep} {prompt:1} {text_pair}', 'the'))).toBe(
      '[CLS] the [SEP] _ [SEP]',
    );
    expect(row.tokenTypeIds).toEqual([0, 0, 0, 0]);
  });

  it('puts a second text that it does not name behind the first and a separator', () => {
    const row = encode('{text} {prompt:1} it', 'the', 'two');
    expect(show(row)).toBe('[CLS] the [SEP] two _ it [SEP]');
    expect(row.tokenTypeIds).toEqual([0, 0, 0, 1, 1, 1, 1]);
  });

  it('does not double a separator at its end', () => {
    const row = encode('{prompt:1} {text} {sep} {text_pair} {sep}', 'the', 'two');
    expect(show(row)).toBe('[CLS] _ the [SEP] two [SEP]');
    expect(row.tokenTypeIds).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it.each([
    ['It was {text} .{prompt:1}', 'It was the rain .'],
    ['It was {text}.{prompt:1}', 'It was the rain.'],
    ['({text}){prompt:1}', '(the rain)'],
    ['{prompt:1} {text} it', 'the rain it'],
    ['It was {prompt:2} {text}', 'It was the rain'],
    ['It was{prompt:2} {text}', 'It was the rain'],
    ['  It{prompt:2} was {text}', 'It was the rain'],
  ])('tokenizes %s as the running text "%s" with a byte-level tokenizer', (source, running) => {
    const row = encode(source, 'the rain', undefined, roberta);
    const pieces = roberta.assemble(roberta.tokenize(running)).inputIds;
    const spelt = (ids: readonly number[]) => ids.map((id) => roberta.idToToken(id)).join('');
    expect(spelt(real(row).ids)).toBe(spelt(pieces));
  });

  it('puts no space behind a separator with a byte-level tokenizer', () => {
    const row = encode('{prompt:1} {text} {sep} {text_pair}', 'the', 'at', roberta);
    expect(show(row, roberta)).toBe('<s> _ t he </s> at </s>');
  });

  it('needs a separator token for {sep}', () => {
    const { sep: _, ...special } = bert.special;
    const encodeWithout = () =>
      encode('{prompt:1} {text} {sep} it', 'the', undefined, { ...bert, special });
    expect(encodeWithout).toThrow(/no separator token/);
  });
});

describe('encodeText where room is short', () => {
  it('cuts the texts of a template and keeps its words and slots', () => {
    const layout = template('it was {text} {prompt:2} {sep} {text_pair}');
    const context = { tokenizer: bert, layout, maxPositions: 10 };
    const row = encodeText({ text: 'the rain was all old', textPair: 'two' }, context);
    expect(show(row)).toBe('[CLS] it was the rain _ _ [SEP] two [SEP]');
    expect(row.truncatedTokens).toBe(3);
  });

  it('fits every row it encodes, keeps all slots, and counts what it cuts', () => {
    const layouts = [none, placed('front', 3), template('{prompt:3} {text} it')];
    const word = fc.constantFrom('the', 'rain', 'lighthouse', 'xyz', '.');
    const texts = fc.array(word, { maxLength: 20 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        texts,
        fc.option(texts, { nil: undefined }),
        fc.integer({ min: 8, max: 40 }),
        fc.constantFrom(...layouts),
        (text, textPair, maxPositions, layout) => {
          const context = { tokenizer: bert, layout };
          const full = encodeText({ text, textPair }, { ...context, maxPositions: 999 });
          const row = encodeText({ text, textPair }, { ...context, maxPositions });
          expect(row.inputIds.length).toBe(Math.min(maxPositions, full.inputIds.length));
          expect(row.truncatedTokens).toBe(full.inputIds.length - row.inputIds.length);
          expect(row.tokenTypeIds.length).toBe(row.inputIds.length);
          expect(row.slots.length).toBe(full.slots.length);
        },
      ),
    );
  });

  it.each([
    [none, 2],
    [placed('end', 5), 7],
    [template('{prompt:3} {text} it was'), 7],
    [template('{prompt:9000000000000000} {text}'), 512],
  ])('says so if no token fits (%j in %i positions)', (layout, maxPositions) => {
    const encodeIt = () => encodeText({ text: 'the' }, { tokenizer: bert, layout, maxPositions });
    expect(encodeIt).toThrow(expect.objectContaining({ code: 'ROW_TOO_LONG' }));
    const empty = () => encodeText({ text: '' }, { tokenizer: bert, layout, maxPositions });
    if (maxPositions < 512) expect(empty().inputIds.length).toBe(maxPositions);
  });

  it('says how many positions it takes', () => {
    try {
      encodeText(
        { text: 'the' },
        { tokenizer: bert, layout: placed('front', 30), maxPositions: 16 },
      );
    } catch (error) {
      if (!isPtlError(error, 'ROW_TOO_LONG')) throw error;
      expect(error.details).toEqual({ positions: 33, available: 16 });
    }
    expect.assertions(1);
  });
});

describe('encodeWords', () => {
  const words = ['the', 'lighthouses', '', 'was', 'trains'];
  // the | lighthouse ##s | | was | train ##s

  it.each([none, placed('front', 4), placed('after-first', 4), placed('end', 4)])(
    'notes the first token of each word, slots not counted (%j)',
    (layout) => {
      const row = encodeWords(words, { tokenizer: bert, layout, maxPositions: 64 });
      expect(row.wordStarts).toEqual([1, 2, -1, 4, 5]);
      const { ids } = real(row);
      const first = row.wordStarts?.map((start) => bert.idToToken(ids[start] ?? -1));
      expect(first).toEqual(['the', 'lighthouse', undefined, 'was', 'train']);
    },
  );

  it('counts the words of a template before the text', () => {
    const layout = template('{prompt:2} it {sep} {prompt:1} {text} to {sep} {text_pair}');
    const row = encodeWords(words, { tokenizer: bert, layout, maxPositions: 64 });
    expect(show(row)).toBe('[CLS] _ _ it [SEP] _ the lighthouse ##s was train ##s to [SEP]');
    expect(row.wordStarts).toEqual([3, 4, -1, 6, 7]);
  });

  it.each([
    [9, '[CLS] the lighthouse ##s was train ##s [SEP]', [1, 2, -1, 4, 5], 0],
    [7, '[CLS] the lighthouse ##s was [SEP]', [1, 2, -1, 4, -1], 2],
    [5, '[CLS] the lighthouse ##s [SEP]', [1, 2, -1, -1, -1], 3],
    [4, '[CLS] the [SEP]', [1, -1, -1, -1, -1], 5],
  ])('cuts whole words at the end to fit %i positions', (maxPositions, shown, starts, cut) => {
    const row = encodeWords(words, { tokenizer: bert, layout: none, maxPositions });
    expect(show(row)).toBe(shown);
    expect(row.wordStarts).toEqual(starts);
    expect(row.truncatedTokens).toBe(cut);
  });

  it('encodes a sentence of no words', () => {
    const row = encodeWords([], { tokenizer: bert, layout: none, maxPositions: 8 });
    expect(row).toEqual({
      inputIds: [2, 3],
      tokenTypeIds: [0, 0],
      slots: [],
      truncatedTokens: 0,
      wordStarts: [],
    });
  });
});
