import { describe, expect, it } from 'vitest';
import { loadDataFolder } from './load-data-folder.ts';
import { dataFolder } from './testing/data-folder.ts';

const csv = 'text,label\nwarm today,sun\nwet again,rain\n';
const conll = 'Oslo B-LOC\nshines O\n';

interface Failure {
  readonly name: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly message: RegExp;
  readonly names?: readonly string[];
}

const trained = { 'a.train.csv': csv, 'a.dev.csv': csv };

const failures: readonly Failure[] = [
  {
    name: 'an empty file',
    files: { ...trained, 'a.test.csv': ' \n' },
    message: /\[FILE_INVALID\] .*a\.test\.csv: The file is empty\./,
  },
  {
    name: 'a file with nothing but a header',
    files: { ...trained, 'a.test.csv': 'text,label\n' },
    message: /\[FILE_INVALID\] .*a\.test\.csv: The file has no rows\./,
  },
  {
    name: 'a header without a label column',
    files: { ...trained, 'a.test.csv': 'text,lable\nwarm,sun\n' },
    message:
      /a\.test\.csv:1: The header has no label column \(label, category, .*\)\. Got: text, lable\./,
  },
  {
    name: 'a CSV row without its label',
    files: { ...trained, 'a.test.csv': 'text,label\n"two\nlines",sun\nwarm\n' },
    message: /a\.test\.csv:4: The row has no label\./,
  },
  {
    name: 'a CSV row that is too long, at the line where it starts',
    files: { ...trained, 'a.test.csv': 'text,label\nwarm,sun\n\n"two\nlines",or,more\n' },
    message: /a\.test\.csv:4: The row has 3 cells and the header 2\./,
  },
  {
    name: 'a quote that is never closed',
    files: { ...trained, 'a.test.csv': 'text,label\nwarm,sun\n"cold,rain\n' },
    message: /\[FILE_INVALID\] .*a\.test\.csv:\d: .*quote/i,
  },
  {
    name: 'a JSONL row without its label',
    files: { ...trained, 'a.test.jsonl': '{"text":"a","label":"sun"}\n{"text":"b"}\n' },
    message: /a\.test\.jsonl:2: The row has no label\. Its fields: text\./,
  },
  {
    name: 'a line that is not JSON',
    files: { ...trained, 'a.test.jsonl': '{"text":"a","label":"sun"}\n{"text":\n' },
    message: /a\.test\.jsonl:2: The line is not JSON: /,
  },
  {
    name: 'tokens and tags of different length',
    files: { ...trained, 'a.test.jsonl': '{"tokens":["a","b"],"tags":["O"]}\n' },
    message: /a\.test\.jsonl:1: There must be one tag for each of the 2 tokens\. Got 1\./,
  },
  {
    name: 'rows of two kinds in a file',
    files: {
      ...trained,
      'a.test.jsonl': '{"text":"a","label":"sun"}\n{"tokens":["b"],"tags":["O"]}\n',
    },
    message: /a\.test\.jsonl:2: The file mixes rows with texts and rows with tokens\./,
  },
  {
    name: 'rows with choices, whose labels are no classes',
    files: {
      ...trained,
      'a.test.jsonl': '{"text":"a","choices":["b","c"],"label":1}\n',
    },
    message:
      /a\.test\.jsonl:1: The rows are of the kind choice by their fields \(text, choices, label\)\./,
  },
  {
    name: 'a table of marked words',
    files: {
      ...trained,
      'a.test.csv': 'sentence1,sentence2,start1,end1,start2,end2,label\na,a,0,1,0,1,true\n',
    },
    message: /a\.test\.csv:1: The rows are of the kind word-in-context by their fields/,
  },
  {
    name: 'files of two kinds',
    files: { ...trained, 'a.test.conll': conll },
    message:
      /a\.test\.conll:1: The file is for token-classification, but .*a\.train\.csv is for seq/,
  },
  {
    name: 'a token without its tag',
    files: { 'a.train.conll': conll, 'a.dev.conll': conll, 'a.test.conll': `${conll}\nrain\n` },
    message: /a\.test\.conll:4: The line has no tag: "rain"\./,
  },
  {
    name: 'parallel files of different length',
    files: {
      'train/seq.in': 'a\nb\n',
      'train/label': 'x\n',
      'test/seq.in': 'a\n',
      'test/label': 'x\n',
    },
    message: /label:2: The file must have the 2 lines of .*seq\.in\. Got 1\./,
  },
  {
    name: 'labels that train never had, all of them with their lines',
    files: { ...trained, 'a.test.csv': `${csv}a,rian\nb,fog\nc,fog\n` },
    message:
      /\[LABEL_UNKNOWN\] .*a\.test\.csv:4: Train never has "rian" \(line 4\), "fog" \(line 5\)\. Known: rain, sun\./,
  },
  {
    name: 'a single misspelt label, with the nearest one',
    files: { ...trained, 'a.dev.csv': 'text,label\na,rian\n', 'a.test.csv': csv },
    message: /a\.dev\.csv:2: Train never has "rian" \(line 2\)\. Did you mean "rain"\?/,
  },
  {
    name: 'a data set without train',
    files: { 'a.dev.csv': csv, 'a.test.csv': csv },
    message:
      /\[FILE_NOT_FOUND\] The data set "a" in .* has no train part, such as a\.train\.csv\. Found: .*a\.dev\.csv/,
  },
  {
    name: 'a data set without test',
    files: trained,
    message: /\[FILE_NOT_FOUND\] The data set "a" in .* has no test part, such as a\.test\.csv\./,
  },
  {
    name: 'two files for a part',
    files: { 'a.train.csv': csv, 'a-train.tsv': csv },
    message: /a\.train\.csv: The train part of "a" is already in .*a-train\.tsv\./,
  },
  {
    name: 'train too small to carve from',
    files: { 'a.train.csv': csv, 'a.test.csv': csv },
    message: /a\.train\.csv: The file has too few rows of a label to carve a development part/,
  },
  {
    name: 'UTF-16',
    files: { ...trained, 'a.test.csv': Buffer.from(`\uFEFF${csv}`, 'utf16le') },
    message: /a\.test\.csv: The file is UTF-16\. Save it as UTF-8\./,
  },
  {
    name: 'an unknown name, with the nearest one',
    files: { ...trained, 'a.test.csv': csv, 'sky.train.csv': csv },
    names: ['ski'],
    message:
      /\[DATA_SET_UNKNOWN\] No data set in .* is called "ski"\. Did you mean "sky"\? Known: a, sky\./,
  },
  {
    name: 'a folder without data sets',
    files: { 'notes.md': 'none' },
    message:
      /\[FILE_NOT_FOUND\] There is no data set in .*weather\. Expected .* Found: notes\.md\./,
  },
];

describe('loading a data folder', () => {
  it.each(failures)('fails on $name', async ({ files, message, names = [] }) => {
    await using folder = await dataFolder(files);
    await expect(loadDataFolder(folder.path, names)).rejects.toThrow(message);
  });

  it('fails on a folder that is not there', async () => {
    await expect(loadDataFolder('no-such-folder')).rejects.toThrow(
      '[FILE_NOT_FOUND] There is no folder no-such-folder.',
    );
  });

  it('says file and line in the details, too', async () => {
    await using folder = await dataFolder({ ...trained, 'a.test.csv': 'text,label\nwarm,\n' });
    await expect(loadDataFolder(folder.path)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      details: {
        file: expect.stringMatching(/a\.test\.csv$/),
        line: 2,
        reason: 'The row has no label',
      },
    });
  });
});
