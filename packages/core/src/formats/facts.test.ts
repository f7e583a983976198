import { describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import { parseTemplate } from '../tokenizer/template.ts';
import { clozePattern, parseFacts, parsePatterns } from './facts.ts';

const file = { file: 'P19.jsonl' };
const facts = [
  '{"sub_label": "Ada Lovelace", "obj_label": "London", "uuid": "1"}',
  '',
  '{"sub_uri": "Q5", "obj_label": "Paris", "sub_label": "{Braces}"}',
].join('\r\n');

describe('parseFacts', () => {
  it('reads subjects and objects', () => {
    expect(parseFacts(facts, file).rows).toEqual([
      { text: 'Ada Lovelace', object: 'London' },
      { text: '{Braces}', object: 'Paris' },
    ]);
    expect(parseFacts(facts).lines).toEqual([1, 3]);
    expect(parseFacts('').rows).toEqual([]);
  });

  it.each([
    ['{"sub_label": "a", "obj_label": "b"}\n{"sub_label": "a"}', 2, 'has no "obj_label" that is'],
    ['{"sub_label": " ", "obj_label": "b"}', 1, 'has no "sub_label" that is a text'],
    ['\n{"sub_label": ', 2, 'is not JSON'],
    ['["a", "b"]', 1, 'is not a JSON object'],
  ])('points at the line of %j', (text, line, reason) => {
    let found: unknown;
    try {
      parseFacts(text, file);
    } catch (error) {
      found = error;
    }
    if (!isPtlError(found, 'FILE_INVALID')) throw new Error('it was read');
    expect(found.message).toContain(`P19.jsonl:${line}: `);
    expect(found.message).toContain(reason);
    expect(found.details.line).toBe(line);
  });
});

describe('parsePatterns', () => {
  it('reads the files of ParaRel and of LAMA', () => {
    const pararel = '{"pattern": "[X] was born in [Y].", "lemma": "born"}\n';
    expect(parsePatterns(pararel).rows).toEqual([{ pattern: '[X] was born in [Y].' }]);
    const lama = '{"relation": "P19", "template": "[X] was born in [Y] .", "type": "N-1"}';
    expect(parsePatterns(lama).rows).toEqual([
      { pattern: '[X] was born in [Y] .', relation: 'P19' },
    ]);
  });

  it.each(['[X] was born.', '[Y] and [X] and [X].'])('refuses %s', (pattern) => {
    expect(() => parsePatterns(JSON.stringify({ pattern }), file)).toThrow(
      /P19.jsonl:1: The pattern has \[[XY]\] [02] times/,
    );
  });
});

describe('clozePattern', () => {
  it('makes a template of a pattern', () => {
    expect(clozePattern('[X] was born in [Y] .')).toBe('{text} was born in {mask} .');
    const braces = clozePattern('{[Y]} of [X]');
    expect(braces).toBe('{{{mask}}} of {text}');
    expect(parseTemplate(braces ?? '', 'task')).toHaveLength(4);
  });

  it('ends with the object for a decoder, or is none', () => {
    expect(clozePattern('[X] was born in [Y] .', 'decoder')).toBe('{text} was born in {mask}');
    expect(clozePattern('[X] was born in "[Y]".', 'decoder')).toBe('{text} was born in "{mask}');
    expect(clozePattern('[Y] is the birthplace of [X].', 'decoder')).toBeNull();
    expect(clozePattern('[X] has [Y] in it', 'decoder')).toBeNull();
  });
});
