import { PtlError } from '../../contract/errors.ts';
import { innerNameProblem } from '../../files/inner-name.ts';
import { type NodeFiles, nodeFiles } from '../../files/node-files.ts';
import { exists, readBytes, readJson } from '../../files/read-file.ts';
import { pagedBuffer } from './paged-buffer.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { createWeights, type Weights } from './weights.ts';

/** Lists the shards of a checkpoint that is too large for one file. */
const indexName = 'model.safetensors.index.json';

/**
 * Reads the weights of a Hugging Face folder: `model.safetensors`, else the shards that
 * `model.safetensors.index.json` lists, else the only `*.safetensors` there is.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND` if the folder has none of these or a shard is missing;
 *   `FILE_INVALID` if a file is not what it claims to be, or several could be meant.
 */
export async function loadWeights(folder: string): Promise<Weights> {
  const files = await nodeFiles();
  const { path } = files;
  const single = path.join(folder, 'model.safetensors');
  if (await exists(single)) return createWeights(await readTensors(single), single);
  const index = path.join(folder, indexName);
  if (await exists(index)) return createWeights(await readShards(files, index), folder);
  const only = await findOnlyFile(files, folder);
  return createWeights(await readTensors(only), only);
}

async function readTensors(file: string): Promise<ReadonlyMap<string, StoredTensor>> {
  return parseSafetensors(await readBytes(file, pagedBuffer), file).tensors;
}

async function readShards(
  { path }: NodeFiles,
  index: string,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const places = parseShardIndex(await readJson(index), index);
  const shards = new Map<string, ReadonlyMap<string, StoredTensor>>();
  for (const shard of new Set(places.values())) {
    shards.set(shard, await readTensors(path.join(path.dirname(index), shard)));
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shard] of places) {
    const tensor = shards.get(shard)?.get(name);
    if (!tensor)
      throw invalid(index, `it places "${name}" in "${shard}", which has no such tensor`);
    tensors.set(name, tensor);
  }
  return tensors;
}

/**
 * Reads which file holds which tensor.
 *
 * @throws {@link PtlError} `FILE_INVALID` if that is not a map of tensor names to names of
 *   safetensors files in the same folder.
 */
export function parseShardIndex(value: unknown, file: string): ReadonlyMap<string, string> {
  const map =
    typeof value === 'object' && value !== null && 'weight_map' in value && value.weight_map;
  if (typeof map !== 'object' || map === null) throw invalid(file, 'it has no object "weight_map"');
  const places = new Map<string, string>();
  for (const [name, shard] of Object.entries(map)) {
    if (!isShardName(shard)) {
      const allowed = 'a name such as "model-00001-of-00002.safetensors"';
      throw invalid(file, `it places "${name}" in ${JSON.stringify(shard)}; allowed: ${allowed}`);
    }
    places.set(name, shard);
  }
  return places;
}

function isShardName(value: unknown): value is string {
  if (typeof value !== 'string' || !value.endsWith('.safetensors')) return false;
  return innerNameProblem(value) === undefined && !value.includes('/');
}

async function findOnlyFile({ fs, path }: NodeFiles, folder: string): Promise<string> {
  const names: string[] = await fs.readdir(folder).catch(() => []);
  const found = names.filter((name) => name.endsWith('.safetensors')).sort();
  const [only] = found;
  if (only !== undefined && found.length === 1) return path.join(folder, only);
  if (found.length > 1) {
    throw invalid(folder, `it has several safetensors files: ${found.join(', ')}; keep one`);
  }
  const file = path.join(folder, 'model.safetensors');
  const hint = names.includes('pytorch_model.bin')
    ? ' "pytorch_model.bin" is a pickle, which PTL does not read; convert it to safetensors.'
    : '';
  throw new PtlError('FILE_NOT_FOUND', `There is no file "${file}".${hint}`, { file });
}

function invalid(file: string, reason: string): PtlError<'FILE_INVALID'> {
  return new PtlError('FILE_INVALID', `"${file}": ${reason}.`, { file, reason });
}
