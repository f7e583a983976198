import { describe, expect, it } from 'vitest';
import type { DataSet } from './data-set.ts';
import { type DataFolderOptions, loadDataFolder } from './load-data-folder.ts';
import { dataFolder } from './testing/data-folder.ts';

async function loadOnly(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: DataFolderOptions = {},
): Promise<DataSet> {
  await using folder = await dataFolder(files);
  const [dataSet, ...others] = await loadDataFolder(folder.path, [], options);
  if (!dataSet || others.length > 0) throw new Error('Expected one data set');
  return dataSet;
}

const csv = 'text,label\nwarm today,sun\nwet again,rain\n';
const conll = 'New B-LOC\nYork I-LOC\nrains O\n\nOslo B-LOC\nshines O\n';

describe('a folder of CSV files', () => {
  it('gives texts with labels, in three parts', async () => {
    const dataSet = await loadOnly({
      'sky.train.csv': csv,
      'sky.validation.csv': 'category,sentence\nrain,drops\n',
      'sky.test.csv': 'label,text\nsun,"hot, ""very"" hot\nindeed"\n',
    });
    expect(dataSet).toEqual({
      name: 'sky',
      kind: 'sequence-classification',
      labels: ['rain', 'sun'],
      train: [
        { text: 'warm today', label: 'sun' },
        { text: 'wet again', label: 'rain' },
      ],
      development: [{ text: 'drops', label: 'rain' }],
      test: [{ text: 'hot, "very" hot\nindeed', label: 'sun' }],
      notes: [],
    });
  });

  it('is called like the folder where the files have no name', async () => {
    const dataSet = await loadOnly({ 'train.csv': csv, 'dev.csv': csv, 'test.csv': csv });
    expect(dataSet.name).toBe('weather');
  });

  it('may have a byte order mark, CRLF and a second text', async () => {
    const content = '\uFEFFText,Text_Pair,Label\r\nwarm,hot,same\r\ncold,hot,other\r\n';
    const dataSet = await loadOnly({
      'a.train.csv': content,
      'a.dev.csv': content,
      'a.test.csv': content,
    });
    expect(dataSet.train).toEqual([
      { text: 'warm', textPair: 'hot', label: 'same' },
      { text: 'cold', textPair: 'hot', label: 'other' },
    ]);
  });

  it('leaves quotes in TSV alone', async () => {
    const content = 'text\tlabel\n"wet" they said\train\n"unclosed\tsun\n';
    const dataSet = await loadOnly({
      'a-train.tsv': content,
      'a-dev.tsv': content,
      'a-test.tsv': content,
    });
    expect(dataSet.train).toEqual([
      { text: '"wet" they said', label: 'rain' },
      { text: '"unclosed', label: 'sun' },
    ]);
  });

  it('has its invalid UTF-8 replaced and counted', async () => {
    const broken = Buffer.concat([
      Buffer.from('text,label\nna'),
      Buffer.from([0xef, 0x76, 0x65, 0xc3, 0x28]),
      Buffer.from(' \uFFFD,sun\n'),
    ]);
    const dataSet = await loadOnly({ 'a.train.csv': csv, 'a.dev.csv': csv, 'a.test.csv': broken });
    expect(dataSet.test).toEqual([{ text: 'na\uFFFDve\uFFFD( \uFFFD', label: 'sun' }]);
    expect(dataSet.notes).toEqual(['2 invalid UTF-8 sequences replaced in a.test.csv']);
  });

  it('has a development part carved out of train where there is none', async () => {
    const rows = Array.from({ length: 50 }, (_, row) => `row ${row},${row % 2 ? 'sun' : 'rain'}`);
    const files = { 'a.train.csv': ['text,label', ...rows].join('\n'), 'a.test.csv': csv };
    const dataSet = await loadOnly(files);
    expect([dataSet.train.length, dataSet.development.length]).toEqual([40, 10]);
    expect(dataSet.notes).toEqual(['10 of 50 rows of train carved out for development']);
    expect(await loadOnly(files)).toEqual(dataSet);
  });
});

describe('a folder of JSONL files', () => {
  it('gives texts, with labels of any simple type', async () => {
    const content = '{"text":"a","label":1}\n\n{"question":"b","passage":"c","label":true}\n';
    const dataSet = await loadOnly({
      'a.train.jsonl': content,
      'a.dev.jsonl': content,
      'a.test.jsonl': content,
    });
    expect(dataSet.train).toEqual([
      { text: 'a', label: '1' },
      { text: 'b', textPair: 'c', label: 'true' },
    ]);
  });

  it('gives tagged words where there are tokens', async () => {
    const content = '{"tokens":["Oslo","rains"],"tags":["B-LOC","O"]}\n';
    const dataSet = await loadOnly({
      'a.train.jsonl': content,
      'a.dev.jsonl': content,
      'a.test.jsonl': content,
    });
    expect(dataSet.kind).toBe('token-classification');
    expect(dataSet.labels).toEqual(['O', 'B-LOC']);
    expect(dataSet.train).toEqual([{ tokens: ['Oslo', 'rains'], tags: ['B-LOC', 'O'] }]);
  });
});

describe('a folder of CoNLL files', () => {
  async function loadRows(content: string, options: DataFolderOptions = {}) {
    const files = { 'a.train.conll': content, 'a.dev.conll': content, 'a.test.conll': content };
    const dataSet = await loadOnly(files, options);
    return dataSet.train;
  }

  it('gives tagged sentences', async () => {
    expect(await loadRows(conll)).toEqual([
      { tokens: ['New', 'York', 'rains'], tags: ['B-LOC', 'I-LOC', 'O'] },
      { tokens: ['Oslo', 'shines'], tags: ['B-LOC', 'O'] },
    ]);
  });

  it('skips comments, document marks and blank lines with a tab, but no token that is a hash', async () => {
    const content =
      '# id = 1\n-DOCSTART- -X- O\n\n#sun\tO\n#\tO\n\t\nOslo\tB-LOC\n# text = Oslo\n\n# alone\n';
    expect(await loadRows(content)).toEqual([
      { tokens: ['#sun', '#'], tags: ['O', 'O'] },
      { tokens: ['Oslo'], tags: ['B-LOC'] },
    ]);
  });

  it('finds tokens behind a running index, and tags before columns of something else', async () => {
    const content = '# sent_id = 1\n1\tin\tO\t-\t-\n2\tOslo\tB-LOC\t-\tann\n\n1\tYes\tO\t-\t-\n';
    expect(await loadRows(content)).toEqual([
      { tokens: ['in', 'Oslo'], tags: ['O', 'B-LOC'] },
      { tokens: ['Yes'], tags: ['O'] },
    ]);
  });

  it('reads the columns that it is told to', async () => {
    const content = 'Oslo NNP B-NP B-LOC\nrains VBZ B-VP O\n';
    expect(await loadRows(content, { columns: { tag: 2 } })).toEqual([
      { tokens: ['Oslo', 'rains'], tags: ['NNP', 'VBZ'] },
    ]);
    expect(await loadRows(content)).toEqual([{ tokens: ['Oslo', 'rains'], tags: ['B-LOC', 'O'] }]);
  });

  it('keeps IO tags, and gives every type the prefixes of the others', async () => {
    const load = (train: string) =>
      loadOnly({ 'a.train.txt': train, 'a.dev.txt': train, 'a.test.txt': train });
    const inside = await load('Oslo I-LOC\nrains O\nMay I-PER\n');
    expect(inside.labels).toEqual(['O', 'I-LOC', 'I-PER']);
    const both = await load(`${conll}May B-PER\n`);
    expect(both.labels).toEqual(['O', 'B-LOC', 'B-PER', 'I-LOC', 'I-PER']);
  });
});

describe('a folder of parallel lines', () => {
  it('gives intents and slots', async () => {
    const part = (name: string) => ({
      [`${name}/seq.in`]: 'rain in oslo \nsun\n',
      [`${name}/seq.out`]: 'O O B-city \nO\n',
      [`${name}/label`]: 'ask\ntell\n',
    });
    await using folder = await dataFolder({ ...part('train'), ...part('dev'), ...part('test') });
    const [intents, slots] = await loadDataFolder(folder.path);
    expect(intents).toMatchObject({
      name: 'weather-intents',
      train: [
        { text: 'rain in oslo', label: 'ask' },
        { text: 'sun', label: 'tell' },
      ],
    });
    expect(slots).toMatchObject({
      name: 'weather-slots',
      test: [
        { tokens: ['rain', 'in', 'oslo'], tags: ['O', 'O', 'B-city'] },
        { tokens: ['sun'], tags: ['O'] },
      ],
    });
    const chosen = await loadDataFolder(folder.path, ['weather-slots']);
    expect(chosen.map(({ name }) => name)).toEqual(['weather-slots']);
  });
});
