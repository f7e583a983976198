import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTinyTokenizer } from '../../testing/tiny-tokenizer.ts';
import { parseTemplate } from '../../tokenizer/template.ts';
import type { EncodingContext } from '../task.ts';
import type { WordInContextOptions } from './options.ts';
import { wordInContext } from './word-in-context.ts';
import type { WordInContextRow } from './word-row.ts';

beforeAll(() => tf.setBackend('cpu'));

const tokenizer = createTinyTokenizer();
const context = { tokenizer, layout: { kind: 'none' }, maxPositions: 64 } as const;

function encode(
  row: object,
  around: EncodingContext = context,
  options: WordInContextOptions = {},
) {
  const task = wordInContext({ labels: ['false', 'true'], ...options });
  return task.encodeInput(row as WordInContextRow, 0, around).row; // Rows from outside may be anything.
}

function partsOf(template: string) {
  return parseTemplate(template).filter((part) => part.kind !== 'soft');
}

/** The tokens of the words of an encoded row. */
function wordsOf({ inputIds, slots, words = [] }: ReturnType<typeof encode>): string[] {
  const real = inputIds.filter((_, position) => !slots.includes(position));
  return words.map(({ start, end }) =>
    real
      .slice(start, end)
      .map((id) => tokenizer.idToToken(id))
      .join(' '),
  );
}

const sound = { text: 'a good film', textPair: 'bad', span: [2, 6], spanPair: [0, 3] };

describe('a row of words in context', () => {
  it.each([
    [{ span: undefined }, '"span" must be two whole numbers, a start and an end. Got nothing'],
    [{ span: 2 }, '"span" must be two whole numbers, a start and an end. Got 2'],
    [{ span: [2, 6, 7] }, 'two whole numbers'],
    [{ spanPair: [0, 1.5] }, '"spanPair" must be two whole numbers'],
    [
      { span: [-1, 2] },
      'within the 11 code units of its text, the start before the end. Got [-1,2]',
    ],
    [{ span: [2, 12] }, 'within the 11 code units of its text'],
    [{ spanPair: [1, 1] }, 'the start before the end. Got [1,1]'],
    [{ span: [6, 2] }, 'the start before the end'],
    [{ span: [1, 2] }, '"span" [1,2] marks white space alone'],
    [{ text: '👍 a', span: [1, 4] }, '"span" [1,4] cuts a character in two'],
    [{ text: 'a 👍', span: [0, 3] }, '"span" [0,3] cuts a character in two'],
    [{ textPair: undefined }, 'it has no "textPair"'],
    [{ text: 1 }, '"text" must be a string'],
    [{ text: 'a \u0301', span: [2, 3] }, 'the tokenizer has no token for its word'],
  ])('is refused with %j', (change, reason) => {
    const wrong = () => encode({ ...sound, ...change });
    expect(wrong).toThrow(expect.objectContaining({ code: 'ROW_INVALID' }));
    expect(wrong).toThrow(reason);
  });

  it('counts UTF-16 code units', () => {
    const row = encode({ ...sound, text: '👍 good 👍', span: [3, 7] });
    expect(wordsOf(row)).toEqual(['good', 'bad']);
    expect(wordsOf(encode({ ...sound, text: '👍 good', span: [0, 2] }))).toEqual(['[UNK]', 'bad']);
  });

  it('has all pieces of a word that is partly marked, or of several words', () => {
    const text = 'so golf';
    expect(wordsOf(encode({ ...sound, text, span: [3, 7] }))[0]).toBe('g ##o ##l ##f');
    expect(wordsOf(encode({ ...sound, text, span: [4, 6] }))[0]).toBe('##o ##l');
    expect(wordsOf(encode({ ...sound, span: [0, 6] }))[0]).toBe('a good');
  });

  it('has its words behind slots and in templates where they are', () => {
    const placed = { kind: 'placed', at: 'front', length: 3 } as const;
    expect(wordsOf(encode(sound, { ...context, layout: placed }))).toEqual(['good', 'bad']);
    for (const template of [
      '{text_pair} so {text} {prompt:2}',
      '{prompt:1}{sep}{text} it {text_pair}',
    ]) {
      const layout = { kind: 'template', parts: partsOf(template) } as const;
      expect(wordsOf(encode(sound, { ...context, layout }))).toEqual(['good', 'bad']);
    }
  });
});

describe('a row that is too long', () => {
  const long = (before: number, behind: number) => {
    const words = [...Array(before).fill('it'), 'good', ...Array(behind).fill('was')];
    return { text: words.join(' '), span: [3 * before, 3 * before + 4] };
  };
  const at = (room: number): EncodingContext => ({ ...context, maxPositions: room + 3 });

  it.each([
    // The first text is the longer one, and would lose its word.
    [long(9, 3), long(0, 2), 11, [10, 1]],
    // What comes behind the words goes first.
    [long(2, 9), long(2, 0), 8, [5, 3]],
    // The second is cut as far as its word for the first one's.
    [long(5, 0), long(1, 8), 8, [6, 2]],
    [long(0, 8), long(6, 3), 8, [1, 7]],
  ])('keeps the words, case %#', (first, second, room, kept) => {
    const row = encode({ ...first, textPair: second.text, spanPair: second.span }, at(room));
    expect(wordsOf(row)).toEqual(['good', 'good']);
    expect(row.inputIds).toHaveLength(room + 3);
    expect(row.inputIds.indexOf(3)).toBe((kept[0] ?? 0) + 1);
    expect(row.truncatedTokens).toBeGreaterThan(0);
  });

  it('keeps them where texts are shortened at their start, or never', () => {
    const first = long(4, 2);
    const row = { ...first, textPair: 'bad bad bad', spanPair: [4, 7] };
    const parts = partsOf('{prompt:1} {text:shorten=start} {text_pair:shorten=never}');
    const layout = { kind: 'template', parts } as const;
    const cut = encode(row, { ...context, layout, maxPositions: 9 });
    expect(wordsOf(cut)).toEqual(['good', 'bad']);
    expect(cut.inputIds).toHaveLength(9);
    expect(cut.truncatedTokens).toBe(4);
    const tighter = () => encode(row, { ...context, layout, maxPositions: 8 });
    expect(tighter).toThrow(expect.objectContaining({ code: 'ROW_TOO_LONG' }));
  });

  it('keeps the quotes of a word too', () => {
    const row = { ...long(3, 5), textPair: 'good', spanPair: [0, 4] };
    const cut = encode(row, at(9), { marks: 'quoted' });
    expect(wordsOf(cut)).toEqual(['[UNK] good [UNK]', '[UNK] good [UNK]']);
  });

  it('is refused if its words do not fit, with what they take', () => {
    const [first, second] = [long(9, 0), long(5, 0)];
    const row = { ...first, textPair: second.text, spanPair: second.span };
    expect(wordsOf(encode(row, at(16)))).toEqual(['good', 'good']);
    const details = { positions: 19, available: 18 };
    const tooLong = () => encode(row, at(15));
    expect(tooLong).toThrow(expect.objectContaining({ code: 'ROW_TOO_LONG', details }));
    expect(tooLong).toThrow('Row 0: its words would be cut off.');
  });
});
