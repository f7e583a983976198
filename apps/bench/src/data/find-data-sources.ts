import { type Dirent, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { invalidFile, PtlError } from '@ptl/core';
import { type DataSource, type Part, type PartSource, parsePartName } from './data-source.ts';
import { intentsFolder, slotsFolder } from './parallel-folder.ts';
import { extensions, parserOf } from './parse-file.ts';
import { readText } from './read-text.ts';

type Sources = Map<string, Map<Part, PartSource>>;

/**
 * Finds the data sets of a folder:
 *
 * - `name.train.csv`, `name.dev.csv`, `name.test.csv`, or with `-` or `_` before the part;
 * - `train.csv` and so on, a data set called like the folder;
 * - `train/seq.in` with `train/label`, `train/seq.out` or both, a data set called like the folder
 *   with `-intents` or `-slots` after it.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND` if there is no such folder, or nothing of these in it;
 * `FILE_INVALID` if two files claim the same part.
 */
export async function findDataSources(folder: string): Promise<DataSource[]> {
  const entries = await listFolder(folder);
  const folderName = basename(resolve(folder));
  const sources: Sources = new Map();
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(sources, folderName, path);
    else addFile(sources, folderName, path);
  }
  if (sources.size > 0) return [...sources].map(([name, parts]) => ({ name, parts }));
  const reason = `There is no data set in ${folder}. Expected files such as name.train.csv and name.test.csv (${extensions.join(', ')}). Found: ${entries.map(({ name }) => name).join(', ') || 'nothing'}.`;
  throw new PtlError('FILE_NOT_FOUND', reason, { file: folder });
}

async function listFolder(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch (error) {
    if (existsSync(folder))
      throw invalidFile(folder, `The folder cannot be read: ${error}`, undefined, error);
    const message = `There is no folder ${folder}.`;
    throw new PtlError('FILE_NOT_FOUND', message, { file: folder }, { cause: error });
  }
}

function addFile(sources: Sources, folderName: string, file: string): void {
  const parse = parserOf(file);
  const found = parsePartName(basename(file, extname(file)));
  if (!(parse && found)) return;
  addPart(sources, found.name || folderName, found.part, {
    file,
    async read(columns) {
      const { text, notes } = await readText(file);
      return { ...parse(text, file, columns), file, notes };
    },
  });
}

function addFolder(sources: Sources, folderName: string, folder: string): void {
  const found = parsePartName(basename(folder));
  if (found?.name !== '' || !existsSync(join(folder, 'seq.in'))) return;
  if (existsSync(join(folder, 'label'))) {
    addPart(sources, `${folderName}-intents`, found.part, intentsFolder(folder));
  }
  if (existsSync(join(folder, 'seq.out'))) {
    addPart(sources, `${folderName}-slots`, found.part, slotsFolder(folder));
  }
}

function addPart(sources: Sources, name: string, part: Part, source: PartSource): void {
  const parts = sources.get(name) ?? new Map<Part, PartSource>();
  const other = parts.get(part);
  if (other) {
    throw invalidFile(source.file, `The ${part} part of "${name}" is already in ${other.file}`);
  }
  sources.set(name, parts.set(part, source));
}
