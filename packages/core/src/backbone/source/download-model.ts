import { PtlError } from '../../contract/errors.ts';
import type { NodeFiles } from '../../files/node-files.ts';
import { readJson } from '../../files/read-file.ts';
import { parseShardIndex } from '../weights/load-weights.ts';
import {
  downloadFailed,
  type HubFile,
  type HubRepository,
  listHubFiles,
} from './hub-repository.ts';
import { saveHubFile } from './save-hub-file.ts';

const required = ['config.json', 'tokenizer.json'];
const optional = ['tokenizer_config.json'];
const single = 'model.safetensors';
const index = 'model.safetensors.index.json';

/**
 * Downloads the files that a backbone needs into an empty folder, and no others.
 *
 * @throws {@link PtlError} `DOWNLOAD_FAILED`, `FILE_WRITE_FAILED`; `BACKBONE_UNSUPPORTED` if the
 *   repository lacks one of them; `FILE_INVALID` for a malformed list of shards.
 */
export async function downloadModel(
  files: NodeFiles,
  repository: HubRepository,
  folder: string,
): Promise<void> {
  const listed = await listHubFiles(repository, [...required, ...optional, single, index]);
  const isThere = (path: string) => listed.some((file) => file.path === path);
  checkComplete(repository, isThere);
  // Where a repository has both, the single file is meant, as in Transformers.
  const wanted = listed.filter((file) => file.path !== index || !isThere(single));
  const save = (file: HubFile) =>
    saveHubFile(files, repository, file, files.path.join(folder, file.path));
  for (const file of wanted) await save(file);
  if (isThere(single)) return;
  const shards = await listShards(repository, files.path.join(folder, index));
  for (const shard of shards) await save(shard);
}

function checkComplete({ id }: HubRepository, isThere: (path: string) => boolean): void {
  const missing = required.filter((path) => !isThere(path));
  if (!isThere(single) && !isThere(index)) missing.push(single);
  if (missing.length === 0) return;
  const reason = `its repository has no ${missing.join(' and no ')}`;
  const message = `The backbone "${id}" cannot be used: ${reason}.`;
  throw new PtlError('BACKBONE_UNSUPPORTED', message, { source: id, reason });
}

async function listShards(repository: HubRepository, file: string): Promise<HubFile[]> {
  const places = parseShardIndex(await readJson(file), file);
  const paths = [...new Set(places.values())];
  const shards = await listHubFiles(repository, paths);
  const missing = paths.find((path) => !shards.some((shard) => shard.path === path));
  if (missing === undefined) return shards;
  throw downloadFailed(repository, `"${index}" names "${missing}", which is not there`);
}
