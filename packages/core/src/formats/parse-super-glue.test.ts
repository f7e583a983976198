import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseSuperGlue } from './parse-super-glue.ts';

const lines = (...rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

describe('parseSuperGlue', () => {
  it('asks what COPA asks', () => {
    const row = {
      premise: 'It rained.',
      choice1: 'Clouds came.',
      choice2: 'The sun shone.',
      idx: 0,
    };
    const text = lines(
      { ...row, question: 'cause', label: 0 },
      { ...row, question: 'effect', label: 1 },
    );
    const choices = ['Clouds came.', 'The sun shone.'];
    expect(parseSuperGlue(text, 'copa').rows).toEqual([
      { text: 'It rained.', textPair: 'What was the cause of this?', choices, label: 0 },
      { text: 'It rained.', textPair: 'What happened as a result?', choices, label: 1 },
    ]);
    const wrong = () => parseSuperGlue(lines({ ...row, question: 'why', label: 0 }), 'copa');
    expect(wrong).toThrow('input:1: The question must be "cause" or "effect". Got "why".');
  });

  it('finds the words of WiC where JavaScript counts them', () => {
    // In Python, '🏦 the bank'.index('bank') is 6.
    const row = {
      word: 'bank',
      sentence1: '🏦 the bank',
      sentence2: 'a bank',
      start1: 6,
      end1: 10,
      start2: 2,
      end2: 6,
    };
    const { rows } = parseSuperGlue(lines({ ...row, label: false, idx: 1, version: 1.1 }), 'wic');
    expect(rows).toEqual([
      { text: '🏦 the bank', textPair: 'a bank', span: [7, 11], spanPair: [2, 6], label: 'false' },
    ]);
    const [first] = rows;
    expect(first?.text.slice(...(first?.span ?? []))).toBe('bank');
  });

  it('reads the pairs of RTE, CB and BoolQ', () => {
    const pair = { premise: 'a', hypothesis: 'b', label: 'not_entailment', idx: 0 };
    const rows = [{ text: 'a', textPair: 'b', label: 'not_entailment' }];
    expect(parseSuperGlue(lines(pair), 'rte').rows).toEqual(rows);
    expect(parseSuperGlue(lines(pair), 'cb').rows).toEqual(rows);
    const question = { question: 'a', passage: 'b', label: true, idx: 0 };
    expect(parseSuperGlue(lines(question), 'boolq').rows).toEqual([
      { text: 'a', textPair: 'b', label: 'true' },
    ]);
    const unlabelled = () =>
      parseSuperGlue(lines({ question: 'a', passage: 'b' }), 'boolq', { file: 'test.jsonl' });
    expect(unlabelled).toThrow(
      'test.jsonl:1: The row has no label. Its fields: question, passage.',
    );
  });
});

// Open data beside a checkout; a clone alone does not have it.
const boolq = fileURLToPath(
  new URL('../../../../../shared/data/superglue-boolq/val.jsonl', import.meta.url),
);
const missing = !existsSync(boolq);
const because = missing ? ' (skipped: the file is not there)' : '';

it.skipIf(missing)(`BoolQ is read with all its rows${because}`, () => {
  const { rows } = parseSuperGlue(readFileSync(boolq, 'utf8'), 'boolq');
  expect(rows).toHaveLength(3270);
  expect(new Set(rows.map(({ label }) => label))).toEqual(new Set(['true', 'false']));
});
