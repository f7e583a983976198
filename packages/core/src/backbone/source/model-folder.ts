import type { NodeFiles } from '../../files/node-files.ts';
import { exists } from '../../files/read-file.ts';

/**
 * Finds the folder that holds the `config.json` of a model: the given one or its `model/`.
 *
 * @param tried Gets the files that were looked for.
 */
export async function findModelFolder(
  { path }: NodeFiles,
  folder: string,
  tried: string[],
): Promise<string | undefined> {
  for (const candidate of [folder, path.join(folder, 'model')]) {
    const config = path.join(candidate, 'config.json');
    if (await exists(config)) return candidate;
    tried.push(config);
  }
  return undefined;
}
