import { describe, expect, it } from 'vitest';
import { isPtlError, type PtlErrorDetails } from '../contract/errors.ts';
import type { PromptLayout, TemplatePart } from '../contract/layout.ts';
import type { EncodingContext } from '../task/task.ts';
import { collate } from './collate.ts';
import { encodeText, encodeWords } from './encode-row.ts';
import type { EncodedRow } from './encoded-row.ts';
import { loadFixtureTokenizer } from './fixture-tokenizer.ts';
import { resolveTemplate } from './resolve-template.ts';
import { parseTemplate } from './template.ts';

const bert = loadFixtureTokenizer('bert');
const roberta = loadFixtureTokenizer('roberta');
const partsOf = (source: string): readonly TemplatePart[] =>
  resolveTemplate(parseTemplate(source), bert.tokenize).parts;
const pattern = (source: string): readonly TemplatePart[] =>
  resolveTemplate(parseTemplate(source, 'task'), bert.tokenize).parts;
const none: PromptLayout = { kind: 'none' };

function show(row: EncodedRow, tokenizer = bert): string {
  const tokens = row.inputIds.map((id, at) => {
    const token = row.slots.includes(at) ? '_' : tokenizer.idToToken(id);
    return row.marks?.includes(at) ? `>${token}<` : token;
  });
  return tokens.join(' ');
}

function encode(source: string, rest: Partial<EncodingContext> = {}, textPair?: string): string {
  const { tokenizer = bert } = rest;
  const context = { tokenizer, layout: none, maxPositions: 64, pattern: pattern(source), ...rest };
  return show(encodeText({ text: 'the trains', textPair }, context), tokenizer);
}

function problemOf(act: () => unknown): PtlErrorDetails['TEMPLATE_INVALID'] & { message: string } {
  try {
    act();
  } catch (error) {
    if (isPtlError(error, 'TEMPLATE_INVALID')) return { ...error.details, message: error.message };
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('a pattern', () => {
  it('stands around the texts, and marks its mask', () => {
    expect(encode('{text} it was {mask} to')).toBe('[CLS] the train ##s it was >[MASK]< to [SEP]');
    expect(encode('{mask} {text} {sep} {text_pair}', {}, 'was')).toBe(
      '[CLS] >[MASK]< the train ##s [SEP] was [SEP]',
    );
  });

  it.each([
    ['front', '_ _ [CLS] the train ##s >[MASK]< to [SEP]'],
    ['after-first', '[CLS] _ _ the train ##s >[MASK]< to [SEP]'],
    ['end', '[CLS] the train ##s >[MASK]< to [SEP] _ _'],
  ] as const)('keeps its mark where slots are placed: %s', (at, shown) => {
    const layout: PromptLayout = { kind: 'placed', at, length: 2 };
    expect(encode('{text} {mask} to', { layout })).toBe(shown);
  });

  it('gives way to the template of a method', () => {
    const parts = partsOf('{prompt:2} {text} {prompt:1} {mask}');
    const layout: PromptLayout = { kind: 'template', parts };
    expect(encode('{text} was {mask}', { layout })).toBe(
      '[CLS] _ _ the train ##s _ >[MASK]< [SEP]',
    );
  });

  it('may have several masks', () => {
    const parts = pattern('{text} {mask}').map((part) =>
      part.kind === 'mask' ? { ...part, count: 3 } : part,
    );
    const row = encode('{text} {mask}', { pattern: parts });
    expect(row).toBe('[CLS] the train ##s >[MASK]< >[MASK]< >[MASK]< [SEP]');
  });

  it('asks a tokenizer without a mask token for one', () => {
    const { mask: _, ...special } = bert.special;
    const { message } = problemOf(() =>
      encode('{text} {mask}', { tokenizer: { ...bert, special } }),
    );
    expect(message).toContain('asks for {mask}, but the tokenizer has no mask token');
  });
});

describe('in a decoder, a mask', () => {
  const architecture = 'decoder';

  it('is predicted from what stands before it, and not seen', () => {
    expect(encode('{text} it was {mask}', { architecture })).toBe('[CLS] the train ##s it >was<');
  });

  it.each([
    ['front', '_ _ [CLS] the train >##s<'],
    ['after-first', '[CLS] _ _ the train >##s<'],
    ['end', '[CLS] the train ##s _ >_<'],
  ] as const)('is predicted behind slots that are placed: %s', (at, shown) => {
    const layout: PromptLayout = { kind: 'placed', at, length: 2 };
    expect(encode('{text} {mask}', { architecture, layout })).toBe(shown);
  });

  it('is predicted behind the slots of a template', () => {
    const layout: PromptLayout = { kind: 'template', parts: partsOf('{text} {prompt:2} {mask}') };
    expect(encode('{text} {mask}', { architecture, layout })).toBe('[CLS] the train ##s _ >_<');
  });

  it('must come last', () => {
    const { message, position } = problemOf(() => encode('{text} {mask} to', { architecture }));
    expect(message).toContain('nothing may stand behind');
    expect(position).toBe(7);
  });
});

describe('byte-level tokenizers', () => {
  it('see the spaces of running text around a mask', () => {
    const parts = pattern('{text} It was {mask}.');
    const context = { tokenizer: roberta, layout: none, maxPositions: 64, pattern: parts };
    const row = encodeText({ text: 'the trains' }, context);
    const mask = roberta.special.mask ?? -1;
    const before = [0, ...roberta.tokenize('the trains It was')];
    expect(row.inputIds).toEqual([...before, mask, ...roberta.tokenize('.'), 2]);
    expect(row.marks).toEqual([before.length]);
  });
});

describe('a text of a template', () => {
  const encodeLong = (source: string, maxPositions: number) => {
    const layout: PromptLayout = { kind: 'template', parts: partsOf(source) };
    const texts = { text: 'the train was the train', textPair: 'was was bread' };
    return encodeText(texts, { tokenizer: bert, layout, maxPositions });
  };
  const source = (one: string, other = '') =>
    `{prompt:1} {text${one}} to {text_pair${other}} {mask}`;

  it.each([
    ['', '', '[CLS] _ the train was to was was bread >[MASK]< [SEP]'],
    [':shorten=start', '', '[CLS] _ was the train to was was bread >[MASK]< [SEP]'],
    [':shorten=never', '', '[CLS] _ the train was the train to was >[MASK]< [SEP]'],
    ['', ':shorten=never', '[CLS] _ the train was to was was bread >[MASK]< [SEP]'],
  ])('is shortened where it says: %s and %s', (one, other, shown) => {
    const row = encodeLong(source(one, other), 11);
    expect(show(row)).toBe(shown);
    expect(row.truncatedTokens).toBe(2);
  });

  it('that is never shortened needs its room', () => {
    const both = source(':shorten=never', ':shorten=never');
    expect(encodeLong(both, 13).truncatedTokens).toBe(0);
    expect(() => encodeLong(both, 12)).toThrow('ROW_TOO_LONG');
  });

  it('of words with tags is shortened at its end, or not at all', () => {
    const encode = (option: string, maxPositions: number) => {
      const layout: PromptLayout = {
        kind: 'template',
        parts: partsOf(`{prompt:1} {text${option}}`),
      };
      return encodeWords(['the', 'trains', 'was'], { tokenizer: bert, layout, maxPositions });
    };
    expect(encode(':shorten=never', 7).wordStarts).toEqual([1, 2, 4]);
    expect(() => encode(':shorten=never', 6)).toThrow('ROW_TOO_LONG');
    const { message } = problemOf(() => encode(':shorten=start', 64));
    expect(message).toContain('shortened at their end only');
  });
});

describe('soft tokens', () => {
  it('take as many slots as their words have tokens', () => {
    const { parts, runs } = resolveTemplate(
      parseTemplate('{soft:the trains} {text} {prompt:2} {soft=x:was} {soft=x}'),
      bert.tokenize,
    );
    const lengths = parts.map((part) => (part.kind === 'prompt' ? part.length : 0));
    expect(lengths).toEqual([3, 0, 2, 1, 1]);
    const was = { kind: 'soft', name: 'x', ids: bert.tokenize('was') };
    expect(runs).toEqual([
      { kind: 'soft', name: null, ids: bert.tokenize('the trains') },
      { kind: 'prompt', length: 2 },
      was,
      was,
    ]);
  });

  it('start from the tokens that the words have in running text', () => {
    const idsOf = (source: string) =>
      resolveTemplate(parseTemplate(source), roberta.tokenize).runs.map((run) =>
        run.kind === 'soft' ? run.ids : [],
      );
    expect(idsOf('{text} {soft:It was}')).toEqual([roberta.tokenize(' It was')]);
    expect(idsOf('{soft:It was} {text}')).toEqual([roberta.tokenize('It was')]);
    expect(idsOf('{text} ({soft:It was})')).toEqual([roberta.tokenize('It was')]);
  });
});

describe('a batch', () => {
  it('holds the marks of its rows, as many of each', () => {
    const context = { tokenizer: bert, layout: none, maxPositions: 64 };
    const marked = { ...context, pattern: pattern('{text} {mask}') };
    const rows = ['the', 'the train'].map((text) => encodeText({ text }, marked));
    expect(Array.from(collate(rows, 0).marks ?? [])).toEqual([2, 3]);
    const plain = encodeText({ text: 'the' }, context);
    expect(collate([plain], 0).marks).toBeUndefined();
    expect(() => collate([...rows, plain], 0)).toThrow(RangeError);
  });
});
