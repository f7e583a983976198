import { join } from 'node:path';
import { experimentsFolder } from '../bench-folder.ts';
import { writeFileAtomically } from '../records/write-file.ts';
import { type Departures, loadDepartures } from './load-experiment.ts';

/**
 * Writes settings to `<folder>/<method>.json`, beside those that stand there already.
 *
 * @returns The file.
 * @throws {@link PtlError} `FILE_WRITE_FAILED`, and what reading the file throws.
 */
export async function saveExperiment(
  folder: string,
  methodName: string,
  overrides: Departures,
  root: string = experimentsFolder,
): Promise<string> {
  const departures = await loadDepartures(folder, methodName, root);
  const merged = {
    method: { ...departures.method, ...overrides.method },
    training: { ...departures.training, ...overrides.training },
  };
  const filled = Object.entries(merged).filter(([, fields]) => Object.keys(fields).length > 0);
  const file = join(root, folder, `${methodName}.json`);
  await writeFileAtomically(file, `${JSON.stringify(Object.fromEntries(filled), null, 2)}\n`);
  return file;
}
