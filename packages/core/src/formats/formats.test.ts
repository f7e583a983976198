import { describe, expect, it } from 'vitest';
import { parseConll } from './parse-conll.ts';
import { type DelimitedOptions, parseDelimited } from './parse-delimited.ts';
import { type JsonLinesOptions, parseJsonLines } from './parse-json-lines.ts';
import { parseParallelLabels, parseParallelTags } from './parse-parallel.ts';
import { guessRowKind, type RowKind } from './row-kind.ts';

function fromJson(kind: RowKind, rows: readonly object[], options: JsonLinesOptions = {}) {
  return parseJsonLines(rows.map((row) => JSON.stringify(row)).join('\n'), kind, options).rows;
}

/** The error of a text in a file called `a`. */
function problemOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return 'none';
}

describe('parseJsonLines', () => {
  it('reads classes of texts and pairs, under the names that data sets give them', () => {
    const rows = [
      { text: 'a', label: 1 },
      { premise: 'a', hypothesis: 'b', label: 'entailment', idx: 3 },
      { question: 'a', passage: 'b', label: true },
    ];
    expect(fromJson('classification', rows)).toEqual([
      { text: 'a', label: '1' },
      { text: 'a', textPair: 'b', label: 'entailment' },
      { text: 'a', textPair: 'b', label: 'true' },
    ]);
  });

  it('says at which line each row starts', () => {
    const text = '\uFEFF{"text":"a","label":"x"}\r\n\r\n{"text":"b","label":"y"}\n';
    const { rows, lines } = parseJsonLines(text, 'classification');
    expect(rows.map(({ label }) => label)).toEqual(['x', 'y']);
    expect(lines).toEqual([1, 3]);
  });

  it('reads numbers, also those in quotes', () => {
    const rows = [
      { sentence1: 'a', sentence2: 'b', score: 4.5 },
      { text: 'a', value: '-1e1' },
    ];
    expect(fromJson('regression', rows)).toEqual([
      { text: 'a', textPair: 'b', value: 4.5 },
      { text: 'a', value: -10 },
    ]);
  });

  it('reads any number of labels, in a list or in one text', () => {
    const rows = [
      { text: 'a', labels: ['x', 2] },
      { text: 'b', labels: [] },
      { text: 'c', labels: 'x; y,z' },
      { text: 'd', labels: '' },
    ];
    expect(fromJson('multi-label', rows)).toEqual([
      { text: 'a', labels: ['x', '2'] },
      { text: 'b', labels: [] },
      { text: 'c', labels: ['x', 'y', 'z'] },
      { text: 'd', labels: [] },
    ]);
  });

  it('reads tagged words', () => {
    const rows = [{ words: ['Oslo', 'rains'], ner_tags: ['B-LOC', 'O'] }];
    expect(fromJson('tags', rows)).toEqual([{ tokens: ['Oslo', 'rains'], tags: ['B-LOC', 'O'] }]);
  });

  it('reads choices in a list, in numbered fields, and with names of their own', () => {
    const rows = [
      { context: 'it rains', question: 'why', choices: ['sun', 'clouds'], label: 1 },
      { question: 'why', option2: 'clouds', option1: 'sun', answer: 'B' },
      { question: 'why', choices: { text: ['sun', 'clouds'], label: ['1', '2'] }, answerKey: '1' },
      { ctx: 'it rains', endings: ['and', 'but', 'so'], label: '2' },
    ];
    const choices = ['sun', 'clouds'];
    expect(fromJson('choice', rows)).toEqual([
      { text: 'it rains', textPair: 'why', choices, label: 1 },
      { text: 'why', choices, label: 1 },
      { text: 'why', choices, label: 0 },
      { text: 'it rains', choices: ['and', 'but', 'so'], label: 2 },
    ]);
  });

  it('takes the fields that it is told to', () => {
    const fields = { text: 'body', label: 'stars' } as const;
    const rows = [{ text: 'id-1', body: 'a', stars: 5, label: 0 }];
    expect(fromJson('classification', rows, { fields })).toEqual([{ text: 'a', label: '5' }]);
    const missing = () => fromJson('classification', [{ text: 'a', label: 'x' }], { fields });
    expect(missing).toThrow('The row has no text. Its fields: text, label');
  });

  it.each([
    [
      'classification',
      '{"text":" ","label":"x"}',
      'a:1: The row has no text. Its fields: text, label.',
    ],
    ['classification', '{"text":"a"}', 'a:1: The row has no label. Its fields: text.'],
    [
      'classification',
      '{"text":"a","text_pair":3,"label":"x"}',
      'The second text must be a string. Got 3',
    ],
    [
      'classification',
      '{"tokens":["a"],"tags":["O"]}',
      'mixes rows with texts and rows with tokens',
    ],
    ['classification', '["a"]', 'a:1: The line is not a JSON object.'],
    ['classification', '\n{"text":', 'a:2: The line is not JSON: '],
    ['regression', '{"text":"a","value":"high"}', 'a:1: The value must be a number. Got "high".'],
    ['regression', '{"text":"a"}', 'a:1: The row has no value. Its fields: text.'],
    [
      'multi-label',
      '{"text":"a","labels":[["x"]]}',
      'The labels must be a list of names. Got [["x"]]',
    ],
    ['multi-label', '{"text":"a"}', 'The row has no labels. Its fields: text'],
    ['tags', '{"text":"a","label":"x"}', 'mixes rows with tokens and rows with texts'],
    ['tags', '{"tokens":["a","b"],"tags":["O"]}', 'one tag for each of the 2 tokens. Got 1'],
    ['tags', '{"tokens":[],"tags":[]}', 'The row has no tokens'],
    ['choice', '{"text":"a","choices":["x"],"label":0}', 'must be two texts or more. Got ["x"]'],
    ['choice', '{"text":"a","label":0}', 'The row has no choices. Its fields: text, label'],
    [
      'choice',
      '{"text":"a","choices":["x","y"],"label":2}',
      'one of its choices, 0 to 1, or a letter from A. Got 2',
    ],
    ['choice', '{"text":"a","choices":["x","y"],"label":"C"}', 'Got "C"'],
    ['choice', '{"text":"a","choices":["x","y"]}', 'The row has no label'],
    [
      'choice',
      '{"text":"a","choices":{"text":["x","y"],"label":["p","q"]},"label":"r"}',
      'one of its choices, p, q. Got "r"',
    ],
    [
      'word-in-context',
      '{"sentence1":"ab","sentence2":"ab","start1":0,"end1":3,"start2":0,"end2":1,"label":true}',
      'There is no word from 0 to 3 in "ab"',
    ],
    [
      'word-in-context',
      '{"sentence1":"ab","sentence2":"ab","start1":0,"end1":1,"start2":1,"end2":1,"label":true}',
      'There is no word from 1 to 1 in "ab"',
    ],
    ['word-in-context', '{"sentence1":"ab","sentence2":"ab","label":true}', 'The row has no start'],
  ] as const)('refuses as %s the line %s', (kind, line, message) => {
    expect(problemOf(() => parseJsonLines(line, kind, { file: 'a' }))).toContain(message);
  });

  it('has details for what catches its errors', () => {
    expect(() => parseJsonLines('{}', 'classification')).toThrow(
      expect.objectContaining({
        code: 'FILE_INVALID',
        details: { file: 'input', line: 1, reason: 'The row has no text. Its fields: none' },
      }),
    );
  });
});

describe('parseDelimited', () => {
  const parse = (
    text: string,
    kind: 'regression' | 'multi-label' | 'choice',
    options: DelimitedOptions,
  ) => parseDelimited(text, kind, { file: 'a', ...options }).rows;

  it('reads the values of STS-B, with and without a header, and leaves its quotes alone', () => {
    const delimiter = '\t';
    const columns = ['genre', 'file', 'year', 'id', 'score', 'sentence1', 'sentence2'];
    const line = 'news\tMSR\t2012\t0001\t 5.000 \tA "plane is.\tA plane.';
    const rows = [{ text: 'A "plane is.', textPair: 'A plane.', value: 5 }];
    expect(parse(`${columns.join('\t')}\n${line}\n`, 'regression', { delimiter })).toEqual(rows);
    expect(parse(line, 'regression', { delimiter, columns })).toEqual(rows);
  });

  it('reads labels that share a cell', () => {
    const text = 'text,labels\n"a, b","x,y"\nc,\n';
    expect(parse(text, 'multi-label', {})).toEqual([
      { text: 'a, b', labels: ['x', 'y'] },
      { text: 'c', labels: [] },
    ]);
  });

  it('reads choices in columns of their own', () => {
    const text = 'sent1,sent2,ending0,ending1,label\nshe sat,she,fell,stood,1\n';
    expect(parse(text, 'choice', {})).toEqual([
      { text: 'she sat', textPair: 'she', choices: ['fell', 'stood'], label: 1 },
    ]);
  });

  it('takes the columns that it is told to, and says which lines it read', () => {
    const text = 'id,body,stars\n1,"two\nlines",5\n2,b,4\n';
    const fields = { text: 'body', label: 'stars' };
    expect(parseDelimited(text, 'classification', { fields })).toEqual({
      rows: [
        { text: 'two\nlines', label: '5' },
        { text: 'b', label: '4' },
      ],
      lines: [2, 4],
    });
  });

  it.each([
    [
      'regression',
      'text,points\na,1\n',
      {},
      'a:1: The header has no value column (value, score, similarity, rating, label). Got: text, points.',
    ],
    ['regression', 'text,value\na,\n', {}, 'a:2: The row has no value.'],
    ['regression', 'text,value\na,one\n', {}, 'a:2: The value must be a number. Got "one".'],
    [
      'regression',
      'text,value\na,1\n',
      { fields: { value: 'points' } },
      'no value column (points)',
    ],
    ['regression', 'text,value\na,1,2\n', {}, 'a:2: The row has 3 cells and the header 2.'],
    [
      'choice',
      'text,choice1,choice2,label\na,x,,0\n',
      {},
      'a:2: The choices must be two texts or more. Got ["x",""].',
    ],
  ] as const)('refuses as %s %j with %j', (kind, text, options, message) => {
    expect(problemOf(() => parse(text, kind, options))).toContain(message);
  });
});

describe('other formats', () => {
  it('reads CoNLL columns', () => {
    const text = '-DOCSTART- O\n\n# id 1\nNew NNP B-LOC\nYork NNP I-LOC\n\nOslo NNP B-LOC\n';
    expect(parseConll(text)).toEqual({
      rows: [
        { tokens: ['New', 'York'], tags: ['B-LOC', 'I-LOC'] },
        { tokens: ['Oslo'], tags: ['B-LOC'] },
      ],
      lines: [4, 7],
    });
    const { rows } = parseConll(text, { columns: { tag: 2 } });
    expect(rows[1]?.tags).toEqual(['NNP']);
    const broken = () => parseConll('Oslo B-LOC\nrain\n', { file: 'a' });
    expect(broken).toThrow('a:2: The line has no tag: "rain".');
  });

  it('reads two files line by line', () => {
    const left = { file: 'seq.in', text: 'play a song\nstop\n' };
    const labels = parseParallelLabels(left, { file: 'label', text: 'Play\nStop\n' });
    expect(labels.rows[1]).toEqual({ text: 'stop', label: 'Stop' });
    const tags = parseParallelTags(left, { file: 'seq.out', text: 'O O B-x\nO\n' });
    expect(tags).toEqual({
      rows: [
        { tokens: ['play', 'a', 'song'], tags: ['O', 'O', 'B-x'] },
        { tokens: ['stop'], tags: ['O'] },
      ],
      lines: [1, 2],
    });
    const short = () => parseParallelTags(left, { file: 'seq.out', text: 'O O\nO\n' });
    expect(short).toThrow('seq.out:1: There must be one tag for each of the 3 tokens. Got 2.');
  });

  it.each([
    [['tokens', 'tags', 'label'], 'tags'],
    [['Text', 'LABEL'], 'classification'],
    [['sentence1', 'sentence2', 'score'], 'regression'],
    [['text', 'labels'], 'multi-label'],
    [['text', 'choices', 'label'], 'choice'],
    [['premise', 'choice1', 'choice2', 'label'], 'choice'],
    [['word', 'sentence1', 'start1', 'start2', 'label'], 'word-in-context'],
    [[], 'classification'],
  ] as const)('guesses that rows with %j are of the kind %s', (names, kind) => {
    expect(guessRowKind(names)).toBe(kind);
  });
});
