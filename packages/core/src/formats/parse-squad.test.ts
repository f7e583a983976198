import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { questionAnswering } from '../task/question-answering/question-answering.ts';
import { loadFixtureTokenizer } from '../tokenizer/fixture-tokenizer.ts';
import { parseSquad } from './parse-squad.ts';

const context = 'The 🚋 leaves at nine. 𝔑ine it is.';
const file = (qas: unknown) =>
  JSON.stringify({ version: 'v2.0', data: [{ title: 'Tram', paragraphs: [{ context, qas }] }] });

describe('parseSquad', () => {
  it('counts places as JavaScript does, behind characters that take two units', () => {
    // In Python, 'The 🚋 leaves at nine. 𝔑ine it is.'.index('nine') is 16, and of 'it' 27.
    const qas = [
      {
        id: 'a1',
        question: 'When?',
        answers: [
          { text: 'nine', answer_start: 16 },
          { text: 'it', answer_start: 27 },
        ],
      },
      {
        id: 7,
        question: 'Who drives?',
        answers: [],
        is_impossible: true,
        plausible_answers: [{ text: 'nine', answer_start: 16 }],
      },
    ];
    const { rows, ids } = parseSquad(file(qas));
    expect(ids).toEqual(['a1', '7']);
    expect(rows).toEqual([
      { question: 'When?', context, answers: { text: ['nine', 'it'], answerStart: [17, 29] } },
      { question: 'Who drives?', context, answers: { text: [], answerStart: [] } },
    ]);
    expect(rows[0]?.answers.answerStart.map((start) => context.slice(start, start + 2))).toEqual([
      'ni',
      'it',
    ]);
  });

  it.each([
    ['{', 'a.json: The file is not JSON: '],
    ['[]', 'a.json: The file: '],
    ['{"data":[{"paragraphs":[{"qas":[]}]}]}', 'a.json: data[0].paragraphs[0].context: '],
    [file([{ question: 'q' }]), 'a.json: data[0].paragraphs[0].qas[0].answers: '],
    [
      file([{ question: 'q', answers: [{ text: 'nine', answer_start: -1 }] }]),
      'qas[0].answers[0].answer_start: ',
    ],
    [
      file([
        { question: 'q', answers: [] },
        { question: 'q', answers: [{ text: 'nine', answer_start: 17 }] },
      ]),
      'data[0].paragraphs[0].qas[1].answers[0]: the answer "nine" does not stand at 17, in code points.',
    ],
    [
      file([{ question: 'q', answers: [{ text: 'nine', answer_start: 900 }] }]),
      'does not stand at 900',
    ],
  ])('refuses %s', (text, message) => {
    const parse = () => parseSquad(text, { file: 'a.json' });
    expect(parse).toThrow(expect.objectContaining({ code: 'FILE_INVALID' }));
    expect(parse).toThrow(message);
  });
});

// Open data beside a checkout; a clone alone does not have it.
const shared = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));
const task = questionAnswering();
const encoding = {
  tokenizer: loadFixtureTokenizer('bert'),
  layout: { kind: 'none' },
  maxPositions: 128,
} as const;

describe('questions beside the checkout', () => {
  for (const [path, questions, unanswered] of [
    ['squad2-half/dev-v2.0.half.json', 6078, 3168],
    ['xquad-en/xquad.en.json', 1190, 0],
  ] as const) {
    const missing = !existsSync(shared + path);
    const because = missing ? ' (skipped: the file is not there)' : '';
    it.skipIf(missing)(`${path} is read as rows of the task${because}`, () => {
      const { rows, ids } = parseSquad(readFileSync(shared + path, 'utf8'), { file: path });
      expect([rows.length, new Set(ids).size]).toEqual([questions, questions]);
      expect(rows.filter(({ answers }) => answers.text.length === 0)).toHaveLength(unanswered);
      for (const [index, row] of rows.slice(0, 20).entries()) task.encode(row, index, encoding);
    });
  }
});
