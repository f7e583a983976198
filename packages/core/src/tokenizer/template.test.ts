import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PtlError } from '../contract/errors.ts';
import type { TemplatePart } from '../contract/layout.ts';
import { formatTemplate, parseTemplate, type TemplateUse } from './template.ts';

function errorOf(template: string, use?: TemplateUse): PtlError<'TEMPLATE_INVALID'> {
  try {
    parseTemplate(template, use);
  } catch (error) {
    if (error instanceof PtlError) return error;
  }
  throw new Error(`"${template}" was read.`);
}

const prompt = (length: number): TemplatePart => ({ kind: 'prompt', length });
const words = (text: string): TemplatePart => ({ kind: 'words', text });
const text: TemplatePart = { kind: 'field', field: 'text' };
const textPair: TemplatePart = { kind: 'field', field: 'textPair' };
const separator: TemplatePart = { kind: 'separator' };

describe('parseTemplate', () => {
  it('reads slots, texts, separators and words in their order', () => {
    expect(parseTemplate('{prompt:3} {text} {prompt:2} It was {sep} {text_pair}.')).toEqual([
      prompt(3),
      text,
      prompt(2),
      words(' It was '),
      separator,
      textPair,
      words('.'),
    ]);
  });

  it('drops white space between placeholders and allows it in them', () => {
    expect(parseTemplate(' { prompt:10 }\n{text}')).toEqual([prompt(10), text]);
  });

  it('reads doubled braces as braces', () => {
    expect(parseTemplate('{{{text}}} {{a}} {prompt:1}')).toEqual([
      words('{'),
      text,
      words('} {a} '),
      prompt(1),
    ]);
  });

  it('reads a mask, and how texts are shortened', () => {
    const template = '{text:shorten=start} {text_pair: shorten = never} It was {mask} {prompt:1}';
    expect(parseTemplate(template)).toEqual([
      { ...text, shorten: 'start' },
      { ...textPair, shorten: 'never' },
      words(' It was '),
      { kind: 'mask' },
      prompt(1),
    ]);
    expect(parseTemplate('{text:shorten=end} {prompt:1}')).toEqual([text, prompt(1)]);
  });

  it('reads soft tokens, and gives those of a name the words of the first', () => {
    expect(parseTemplate('{soft:It was} {text} {soft=mood: so so } {soft=mood}')).toEqual([
      { kind: 'soft', text: 'It was' },
      text,
      { kind: 'soft', text: 'so so', name: 'mood' },
      { kind: 'soft', text: 'so so', name: 'mood' },
    ]);
  });

  it('reads what a task asks for, which has no virtual tokens', () => {
    expect(parseTemplate('{text} It was {mask}.', 'task')).toEqual([
      text,
      words(' It was '),
      { kind: 'mask' },
      words('.'),
    ]);
  });

  it.each([
    ['{text} {prompt:1} {mask}', 7, 'virtual tokens belong into the template of a method'],
    ['{text} {soft:it} {mask}', 7, 'virtual tokens belong into the template of a method'],
    ['{text}', 6, 'it lacks {mask}'],
  ])('points at what a task cannot have in %s', (template, position, reason) => {
    const { details, message } = errorOf(template, 'task');
    expect(details).toEqual({ template, position });
    expect(message).toContain(reason);
  });

  it('reads templates of either, which read a word', () => {
    for (const template of ['{text} It was {mask}.', '{prompt:3} {text} {mask}']) {
      expect(parseTemplate(template, 'reading')).toContainEqual({ kind: 'mask' });
    }
    expect(errorOf('{prompt:3} {text}', 'reading').message).toContain('it lacks {mask}');
  });

  it.each([
    ['{text:shorten=left} {prompt:1}', 6, ':shorten=start, :shorten=end or :shorten=never'],
    ['{text} {sep:2} {prompt:1}', 12, 'nothing can be said of {sep}'],
    ['{text} {mask:2} {prompt:1}', 13, 'nothing can be said of {mask}'],
    ['{prompt:1} {text} {mask} {mask}', 25, '{mask} stands here a second time'],
    ['{text} {soft:}', 13, 'need the words that they start from'],
    ['{text} {soft=mood}', 12, 'need the words that they start from'],
    ['{text} {soft=a:x} {soft=a:y}', 23, 'the soft tokens "a" start from "x" already'],
    ['{text} {soft=:x}', 12, 'need the words that they start from'],
    ['{text} {sofd:x}', 8, 'Did you mean "soft"?'],
    ['{prompt:3} {txt}', 12, 'nothing is called "txt". Did you mean "text"?'],
    ['{prompt:3} {text', 11, 'this brace is not closed'],
    ['{prompt:3} text} {text}', 15, 'this brace closes nothing'],
    ['{prompt:0} {text}', 8, 'a number of virtual tokens from 1'],
    ['{prompt:1.5} {text}', 8, 'a number of virtual tokens from 1'],
    ['{prompt:99999999999999999999} {text}', 8, 'a number of virtual tokens from 1'],
    ['{prompt} {text}', 7, 'a number of virtual tokens from 1'],
    ['{} {text}', 1, 'nothing is called ""'],
    ['{prompt:3}', 10, 'it lacks {text}'],
    ['{text} words', 12, 'it lacks a slot'],
    ['', 0, 'it lacks {text}'],
    ['{prompt:1} {text} {text}', 18, '{text} stands here a second time'],
    ['{text_pair}{prompt:1}{text}{text_pair}', 27, '{text_pair} stands here a second time'],
    ['{constructor}', 1, 'nothing is called "constructor"'],
  ])('points at what is wrong in %s', (template, position, reason) => {
    const { code, details, message } = errorOf(template);
    expect(code).toBe('TEMPLATE_INVALID');
    expect(details).toEqual({ template, position });
    expect(message).toContain(reason);
    expect(message).toContain('Allowed are {prompt:N}');
    const [shown, caret] = message.split('\n').slice(-2);
    expect(shown).toBe(`  ${template}`);
    expect(caret).toBe(`${' '.repeat(position + 2)}^`);
  });

  it('keeps the caret below its character in a template of several lines', () => {
    const [shown, caret] = errorOf('{prompt:3}\n{txt}').message.split('\n').slice(-2);
    expect(shown?.[caret?.indexOf('^') ?? 0]).toBe('t');
  });
});

describe('formatTemplate', () => {
  const part = fc.oneof(
    fc.integer({ min: 1, max: 99 }).map((length) => `{prompt:${length}}`),
    fc.constantFrom('{sep}', ' ', 'a', 'It was ', '{{', '}}', '.', '{soft:so it}', '{soft=a:b}'),
  );
  const templates = fc
    .tuple(fc.array(part), fc.array(part), fc.array(part))
    .map(([one, two, three]) => [
      ...one,
      '{text}',
      ...two,
      '{text_pair:shorten=start}{prompt:1}{mask}',
      ...three,
    ]);

  it('writes what is read as the same parts', () => {
    fc.assert(
      fc.property(templates, (pieces) => {
        const parts = parseTemplate(pieces.join(''));
        expect(parseTemplate(formatTemplate(parts))).toEqual(parts);
      }),
    );
  });

  it('puts spaces between placeholders', () => {
    expect(formatTemplate([prompt(3), text, words(' {it}'), separator])).toBe(
      '{prompt:3} {text} {{it}}{sep}',
    );
  });
});
