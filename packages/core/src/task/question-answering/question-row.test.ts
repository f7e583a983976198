import { describe, expect, it } from 'vitest';
import { createTinyTokenizer } from '../../testing/tiny-tokenizer.ts';
import { questionAnswering } from './question-answering.ts';
import type { QuestionRow } from './question-row.ts';

const context = {
  tokenizer: createTinyTokenizer(),
  layout: { kind: 'none' },
  maxPositions: 64,
} as const;
const sound: QuestionRow = {
  question: 'was it long',
  context: 'the film was long',
  answers: { text: ['long'], answerStart: [13] },
};

function encode(change: object, options = {}) {
  const row = { ...sound, ...change };
  return questionAnswering(options).encode(row as QuestionRow, 4, context); // Rows from outside may be anything.
}

describe('a row with a question', () => {
  it('has its answer where it says', () => {
    expect(encode({}).target).toEqual({ start: 8, end: 8 });
  });

  it.each([
    [{ question: undefined }, 'it has no "question"'],
    [{ context: 5 }, '"context" must be a string. Got 5'],
    [{ answers: null }, '"answers" must be an object with "text" and "answerStart"'],
    [{ answers: { text: 'long', answerStart: [0] } }, '"text" must be an array of strings'],
    [{ answers: { text: ['long'], answer_start: [13] } }, 'must be called "answerStart", not'],
    [{ answers: { text: ['long'], answerStart: [] } }, '"answerStart" must hold a number for each'],
    [{ answers: { text: ['long'], answerStart: [12] } }, 'its answer "long" does not stand at 12'],
    [{ answers: { text: ['the'], answerStart: [-1] } }, 'its answer "the" does not stand at -1'],
  ])('is refused with the fields %j', (change, reason) => {
    expect(() => encode(change)).toThrow(
      expect.objectContaining({ code: 'ROW_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  it('is named with its task in messages', () => {
    expect(() => encode({ context: 5 }, { name: 'squad' })).toThrow('Row 4 of "squad": "context"');
  });

  it('needs no answers to be predicted', () => {
    const { answers: _, ...input } = sound;
    const example = questionAnswering().encodeInput(input as QuestionRow, 0, context); // As predict does.
    expect(example.target).toBeNull();
    expect(example.row.window?.text).toBe(sound.context);
  });
});

describe('the options of question answering', () => {
  it.each([
    [{ stride: -1 }, 'stride'],
    [{ maxLength: 0 }, 'maxLength'],
    [{ maxQuestionLength: 0 }, 'maxQuestionLength'],
    [{ maxAnswerLength: 1.5 }, 'maxAnswerLength'],
    [{ nullScoreTreshold: 0 }, 'Did you mean "nullScoreThreshold"?'],
  ])('refuse %j', (options, problem) => {
    const given: object = options;
    expect(() => questionAnswering(given)).toThrow(problem);
  });

  it('are kept with their defaults filled in', () => {
    expect(questionAnswering({ stride: 5 }).options).toEqual({
      stride: 5,
      maxLength: null,
      maxQuestionLength: 64,
      maxAnswerLength: 30,
      nullScoreThreshold: null,
    });
  });

  it('cut a question, and count what was cut', () => {
    const { row } = encode({}, { maxQuestionLength: 2 });
    expect(row.inputIds.length).toBe(encode({}).row.inputIds.length - 1);
    expect(row.truncatedTokens).toBe(1);
  });
});
