import { PtlError } from '../../contract/errors.ts';
import type { NodeFiles } from '../../files/node-files.ts';
import { describeSystemError } from '../../files/system-error.ts';
import {
  describeNetworkError,
  downloadFailed,
  type HubFile,
  type HubRepository,
  openHubFile,
} from './hub-repository.ts';

/**
 * Downloads a file and checks its size and its sum.
 *
 * @throws {@link PtlError} `DOWNLOAD_FAILED` if it does not come, or not as the hub lists it;
 *   `FILE_WRITE_FAILED` if the disk does not take it.
 */
export async function saveHubFile(
  { fs }: NodeFiles,
  repository: HubRepository,
  file: HubFile,
  target: string,
): Promise<void> {
  const { createHash } = await import('node:crypto');
  const hash = createHash(file.sum.algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (file.sum.algorithm === 'git-sha1') hash.update(`blob ${file.size}\0`);
  await using handle = await fs.open(target, 'wx');
  let received = 0;
  for await (const chunk of chunksOf(repository, file)) {
    received += chunk.length;
    if (received > file.size) break;
    hash.update(chunk);
    await handle.writeFile(chunk).catch((error: unknown) => {
      throw writeFailed(target, error);
    });
  }
  await handle.sync();
  if (received !== file.size) {
    const amount = received < file.size ? `${received}` : `more than ${file.size}`;
    throw downloadFailed(repository, `"${file.path}" came with ${amount} of ${file.size} bytes`);
  }
  const sum = hash.digest('hex');
  if (sum === file.sum.hex) return;
  const reason = `"${file.path}" came with the sum ${sum}, the hub lists ${file.sum.hex}`;
  throw downloadFailed(repository, reason);
}

async function* chunksOf(repository: HubRepository, file: HubFile): AsyncGenerator<Uint8Array> {
  const reader = (await openHubFile(repository, file.path)).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    const reason = `"${file.path}" broke off: ${describeNetworkError(error)}`;
    throw downloadFailed(repository, reason, error);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function writeFailed(file: string, error: unknown): PtlError<'FILE_WRITE_FAILED'> {
  const reason = describeSystemError(error);
  const message = `"${file}" cannot be written: ${reason}.`;
  return new PtlError('FILE_WRITE_FAILED', message, { file, reason }, { cause: error });
}
