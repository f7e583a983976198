import { isPtlError } from '../../contract/errors.ts';
import type { NodeFiles } from '../../files/node-files.ts';
import { cacheFolder } from './cache-folder.ts';
import { fetchFromHub, findInHubCache } from './hub-source.ts';
import { findModelInstaller } from './model-installer.ts';
import { notFound } from './not-found.ts';
import type { ResolveOptions } from './resolve-options.ts';

/** Hub repositories of models that have a short name. `@ptl/node` knows where else they are. */
const repositories: Readonly<Record<string, string>> = {
  'smollm2-135m': 'HuggingFaceTB/SmolLM2-135M-Instruct',
};

export function isKnownModel(source: string): boolean {
  return Object.hasOwn(repositories, source);
}

/**
 * Gives the place of a known model: from the cache if it is there, else from the hub, else from
 * wherever `@ptl/node` gets it.
 *
 * @param starts Folders from which `@ptl/node` is looked up.
 * @throws {@link PtlError} `BACKBONE_NOT_FOUND` if the hub does not give it and `@ptl/node` is not
 *   installed; what {@link fetchFromHub} and `@ptl/node` throw.
 */
export async function fetchKnownModel(
  files: NodeFiles,
  name: string,
  options: ResolveOptions,
  starts: readonly string[],
): Promise<string> {
  const id = repositories[name] ?? name;
  const downloaded = await findInHubCache(files, id, options);
  if (downloaded !== undefined) return downloaded;
  const installer = await findModelInstaller(files, starts);
  const cache = options.cacheFolder ?? (await cacheFolder());
  const installed = await installer?.findModel(name, { cache });
  if (installed !== undefined) return installed;
  try {
    return await fetchFromHub(files, id, options, []);
  } catch (error) {
    const isRefusal =
      isPtlError(error, 'DOWNLOAD_FAILED') || isPtlError(error, 'BACKBONE_NOT_FOUND');
    if (!isRefusal) throw error;
    if (installer) return installer.installModel(name, { cache });
    const hint = ' @ptl/node can get it from elsewhere; install it: npm install @ptl/node';
    throw notFound(name, [`${id}: ${error.message}`, ...starts.map(packageAt)], hint);
  }
}

function packageAt(start: string): string {
  return `npm package "@ptl/node" from "${start}"`;
}
