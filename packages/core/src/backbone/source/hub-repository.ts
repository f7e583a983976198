import { PtlError } from '../../contract/errors.ts';
import { describeSystemError } from '../../files/system-error.ts';

/** A model repository of a hub, at one revision. */
export interface HubRepository {
  /** `owner/name`, checked. */
  readonly id: string;
  readonly revision: string;
  /** Without a slash at the end. */
  readonly hubUrl: string;
  readonly accessToken?: string;
}

/** What the hub says of a file. */
export interface HubFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the content for large files, SHA-1 of the git blob for the others. */
  readonly sum: { readonly algorithm: 'sha256' | 'git-sha1'; readonly hex: string };
}

/**
 * Asks which of the given files a repository has.
 *
 * @throws {@link PtlError} `DOWNLOAD_FAILED`.
 */
export async function listHubFiles(
  repository: HubRepository,
  paths: readonly string[],
): Promise<HubFile[]> {
  const { pathsInfo } = await import('@huggingface/hub');
  const found = await asking(repository, () =>
    pathsInfo({ ...requestOf(repository), paths: [...paths] }),
  );
  return found.flatMap(({ path, type, size, oid, lfs }) => {
    if (type !== 'file' || !paths.includes(path)) return [];
    const algorithm = lfs ? 'sha256' : 'git-sha1';
    return [{ path, size: lfs?.size ?? size, sum: { algorithm, hex: lfs?.oid ?? String(oid) } }];
  });
}

/**
 * Opens the content of a file.
 *
 * @throws {@link PtlError} `DOWNLOAD_FAILED`.
 */
export async function openHubFile(
  repository: HubRepository,
  path: string,
): Promise<ReadableStream<Uint8Array>> {
  const { downloadFile } = await import('@huggingface/hub');
  // The plain address serves every hub and mirror; the chunked protocol only the original.
  const request = { ...requestOf(repository), path, xet: false };
  const blob = await asking(repository, () => downloadFile(request));
  if (blob) return blob.stream();
  throw downloadFailed(repository, `"${path}" is listed but cannot be fetched`);
}

export function downloadFailed(
  { id, hubUrl }: HubRepository,
  reason: string,
  cause?: unknown,
): PtlError<'DOWNLOAD_FAILED'> {
  const message = `"${id}" cannot be downloaded from ${hubUrl}: ${reason}.`;
  return new PtlError('DOWNLOAD_FAILED', message, { source: id, reason }, { cause });
}

/** Status of an answer of the hub that says no, where that is what an error is about. */
export function hubStatus(error: unknown): number | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !('statusCode' in cause)) return undefined;
  return typeof cause.statusCode === 'number' ? cause.statusCode : undefined;
}

function requestOf({ id, revision, hubUrl, accessToken }: HubRepository) {
  const repo = { type: 'model', name: id } as const;
  return { repo, revision, hubUrl, ...(accessToken === undefined ? {} : { accessToken }) };
}

async function asking<Answer>(
  repository: HubRepository,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw downloadFailed(repository, describeNetworkError(error), error);
  }
}

/** Node's fetch says only "fetch failed"; what happened is in the cause. */
export function describeNetworkError(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return describeSystemError(cause);
}
