import { builtInDataSet, builtInDataSets } from '../data/built-in-data-set.ts';
import type { DataSet } from '../data/data-set.ts';
import { loadDataFolder } from '../data/load-data-folder.ts';

/** The data sets to compare on, and the experiments they are run by. */
export interface LoadedData {
  readonly dataSets: readonly DataSet[];
  experimentOf(dataSet: DataSet): string;
}

/**
 * Loads built-in tasks, or those of a folder, by name; all of them if no names are given.
 *
 * @throws {@link PtlError} `DATA_SET_UNKNOWN`, or whatever is wrong with the files.
 */
export async function loadDataSets(
  tasks?: readonly string[],
  folder?: string,
): Promise<LoadedData> {
  if (folder !== undefined) {
    const dataSets = await loadDataFolder(folder, tasks);
    return { dataSets, experimentOf: ({ kind }) => kind };
  }
  const dataSets = await Promise.all((tasks ?? builtInDataSets).map(builtInDataSet));
  return { dataSets, experimentOf: ({ name }) => name };
}
