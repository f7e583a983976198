import { PtlError } from '../../contract/errors.ts';
import { claimSibling, releaseSibling } from '../../files/folder-sibling.ts';
import type { NodeFiles } from '../../files/node-files.ts';
import { exists } from '../../files/read-file.ts';
import { recoverFolder, removeQuietly } from '../../files/recover-folder.ts';
import { describeSystemError } from '../../files/system-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { downloadModel } from './download-model.ts';
import { type HubRepository, hubStatus } from './hub-repository.ts';
import { notFound } from './not-found.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { isRevision } from './source-name.ts';

/** Answers with which the hub hides what it does not have, or not for this user. */
const refusals = [401, 403, 404];

/**
 * Gives the cached folder of a hub repository, downloading it first where there is none.
 *
 * The folder appears complete or not at all. A branch such as `main` stays at what it was when it
 * was downloaded: a frozen backbone is not to change under the prompts trained on it.
 *
 * @param id `owner/name`, checked by the caller.
 */
export async function fetchFromHub(
  files: NodeFiles,
  id: string,
  options: ResolveOptions,
  tried: readonly string[],
): Promise<string> {
  const repository = repositoryOf(id, options);
  const folder = await cachedFolder(files, repository, options);
  await recoverFolder(folder);
  if (await exists(folder)) return folder;
  try {
    await downloadInto(files, repository, folder);
    return folder;
  } catch (error) {
    const status = hubStatus(error);
    if (status === undefined || !refusals.includes(status)) throw error;
    const place = `${repository.hubUrl}/${id} at ${repository.revision} (answers ${status})`;
    const hint = status === 404 ? '' : ' A private or gated model needs an accessToken.';
    throw notFound(id, [...tried, place], hint);
  }
}

/** The cached folder of a hub repository, if it was downloaded before. */
export async function findInHubCache(
  files: NodeFiles,
  id: string,
  options: ResolveOptions,
): Promise<string | undefined> {
  const folder = await cachedFolder(files, repositoryOf(id, options), options);
  return (await exists(folder)) ? folder : undefined;
}

async function cachedFolder(
  { path }: NodeFiles,
  { id, hubUrl, revision }: HubRepository,
  options: ResolveOptions,
): Promise<string> {
  const cache = options.cacheFolder ?? (await cacheFolder());
  const host = encodeURIComponent(new URL(hubUrl).host);
  return path.resolve(cache, 'hub', host, id, encodeURIComponent(revision));
}

function repositoryOf(id: string, options: ResolveOptions): HubRepository {
  const { revision = 'main', accessToken } = options;
  const { HF_ENDPOINT: endpoint } = process.env;
  const hubUrl = (options.hubUrl ?? (endpoint || 'https://huggingface.co')).replace(/\/+$/, '');
  const issues = [
    ...(isRevision(revision)
      ? []
      : [{ path: 'revision', message: `"${revision}" is no revision` }]),
    ...(isWebAddress(hubUrl) ? [] : [{ path: 'hubUrl', message: `"${hubUrl}" is no address` }]),
    ...(accessToken?.startsWith('hf_') === false
      ? [{ path: 'accessToken', message: 'A token of the hub begins with "hf_"' }]
      : []),
  ];
  if (issues.length === 0) {
    return { id, revision, hubUrl, ...(accessToken === undefined ? {} : { accessToken }) };
  }
  const list = issues.map(({ path, message }) => `\n  ${path}: ${message}`).join('');
  const message = `Invalid options for the source "${id}":${list}`;
  throw new PtlError('CONFIG_INVALID', message, { subject: id, issues });
}

function isWebAddress(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text);
}

async function downloadInto(
  files: NodeFiles,
  repository: HubRepository,
  folder: string,
): Promise<void> {
  const fresh = claimSibling(files.path, folder, 'new');
  try {
    await makeFolder(files, fresh);
    await downloadModel(files, repository, fresh);
    await files.fs.rename(fresh, folder).catch(async (error: unknown) => {
      // Another process was faster and has the same files.
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await removeQuietly(files, fresh);
    releaseSibling(fresh);
  }
}

async function makeFolder({ fs }: NodeFiles, folder: string): Promise<void> {
  try {
    await fs.mkdir(folder, { recursive: true });
  } catch (error) {
    const reason = describeSystemError(error);
    const message = `The cache folder "${folder}" cannot be made: ${reason}.`;
    throw new PtlError('FILE_WRITE_FAILED', message, { file: folder, reason }, { cause: error });
  }
}
