import { PtlError } from '../../contract/errors.ts';
import type { NodeFiles } from '../../files/node-files.ts';
import { exists } from '../../files/read-file.ts';

/** How the name of a file ends that holds a whole model. */
const ggufEnding = '.gguf';

/** Whether a place is a GGUF file, and not a folder in Hugging Face's layout. */
export function isGgufPath(place: string): boolean {
  return place.endsWith(ggufEnding);
}

/**
 * Finds a model at a place: a GGUF file; or a folder with a `config.json`, or with a GGUF file and
 * no safetensors, which is the place itself or its `model/`.
 *
 * @param tried Gets the files that were looked for.
 * @returns The path of the folder or of the GGUF file.
 * @throws {@link PtlError} `FILE_INVALID` if a folder has several GGUF files and no other weights.
 */
export async function findModel(
  files: NodeFiles,
  place: string,
  tried: string[],
): Promise<string | undefined> {
  if (isGgufPath(place)) {
    if (await exists(place)) return place;
    tried.push(place);
    return undefined;
  }
  for (const folder of [place, files.path.join(place, 'model')]) {
    const gguf = await findOnlyGguf(files, folder);
    if (gguf !== undefined) return gguf;
    const config = files.path.join(folder, 'config.json');
    if (await exists(config)) return folder;
    tried.push(config);
  }
  return undefined;
}

async function findOnlyGguf({ fs, path }: NodeFiles, folder: string): Promise<string | undefined> {
  const names: string[] = await fs.readdir(folder).catch(() => []);
  if (names.some((name) => /\.safetensors(\.index\.json)?$/.test(name))) return undefined;
  const found = names.filter(isGgufPath).sort();
  const [only] = found;
  if (only === undefined) return undefined;
  if (found.length === 1) return path.join(folder, only);
  const reason = `it has several GGUF files: ${found.join(', ')}; name one of them`;
  throw new PtlError('FILE_INVALID', `"${folder}": ${reason}.`, { file: folder, reason });
}
