import { type ConllColumns, invalidFile, PtlError, suggestName } from '@ptl/core';
import type { DataSet } from './data-set.ts';
import type { DataSource, Part } from './data-source.ts';
import { findDataSources } from './find-data-sources.ts';
import type { ParsedFile } from './parsed-file.ts';
import { toDataSet } from './to-data-set.ts';

export interface DataFolderOptions {
  /** Columns of CoNLL files, counted from 1. */
  readonly columns?: ConllColumns;
}

/**
 * Loads a user's data sets from a folder; see {@link findDataSources} for how they are laid out.
 *
 * @param names - Which of the folder's data sets to load; all where empty.
 * @throws {@link PtlError} `DATA_SET_UNKNOWN` if a name is not in the folder; `FILE_NOT_FOUND` if the
 * folder, or a data set's train or test part, is missing; `FILE_INVALID`, with file and line, if a
 * file cannot be read as what it is, or if the parts of a data set are of different kinds;
 * `LABEL_UNKNOWN` if a part has a label that train lacks.
 */
export async function loadDataFolder(
  folder: string,
  names: readonly string[] = [],
  { columns = {} }: DataFolderOptions = {},
): Promise<DataSet[]> {
  const sources = await findDataSources(folder);
  const known = sources.map(({ name }) => name);
  const chosen = (names.length > 0 ? names : known).map((name) => {
    const source = sources.find((candidate) => candidate.name === name);
    return source ?? failUnknown(name, known, folder);
  });
  const dataSets: DataSet[] = [];
  for (const source of chosen) dataSets.push(await loadSource(source, folder, columns));
  return dataSets;
}

function failUnknown(name: string, known: readonly string[], folder: string): never {
  const message = `No data set in ${folder} is called "${name}".${suggestName(name, known)} Known: ${known.join(', ')}.`;
  throw new PtlError('DATA_SET_UNKNOWN', message, { dataSet: name, known });
}

async function loadSource(
  source: DataSource,
  folder: string,
  columns: ConllColumns,
): Promise<DataSet> {
  const read = async (part: Part) => requireRows(await source.parts.get(part)?.read(columns));
  return toDataSet(source.name, {
    train: (await read('train')) ?? failMissing(source, 'train', folder),
    development: await read('development'),
    test: (await read('test')) ?? failMissing(source, 'test', folder),
  });
}

function requireRows(file: ParsedFile | undefined): ParsedFile | undefined {
  if (file?.rows.length === 0) throw invalidFile(file.file, 'The file has no rows');
  return file;
}

function failMissing({ name, parts }: DataSource, part: Part, folder: string): never {
  const found = [...parts.values()].map(({ file }) => file).join(', ');
  const message = `The data set "${name}" in ${folder} has no ${part} part, such as ${name}.${part}.csv. Found: ${found}.`;
  throw new PtlError('FILE_NOT_FOUND', message, { file: `${folder}/${name}.${part}` });
}
