import { flushFolder } from './flush-folder.ts';
import { claimSibling, releaseSibling } from './folder-sibling.ts';
import type { NodeFiles } from './node-files.ts';
import { removeQuietly } from './recover-folder.ts';
import { systemErrorCode } from './system-error.ts';

/** Swaps that other writers may cross before this one gives up. */
const maximumSwaps = 5;

/**
 * Puts `fresh` in the place of `folder`. After an error the folder is as it was, and `fresh` is
 * still there.
 */
export async function swapFolder(files: NodeFiles, folder: string, fresh: string): Promise<void> {
  for (let swap = 1; swap < maximumSwaps; swap++) {
    try {
      return await swapOnce(files, folder, fresh);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  await swapOnce(files, folder, fresh);
}

async function swapOnce(files: NodeFiles, folder: string, fresh: string): Promise<void> {
  const backup = await moveAside(files, folder);
  try {
    await files.fs.rename(fresh, folder);
  } catch (error) {
    if (backup !== undefined) await putBack(files, folder, backup);
    throw error;
  }
  // The new version is in place: a flush that fails now is no reason to call it unwritten.
  await flushFolder(files, files.path.dirname(folder)).catch(() => {});
  if (backup !== undefined) await discard(files, folder, backup);
}

/** Whether another writer has put its version into the place meanwhile. */
function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '');
}

/** @returns Where the folder is now; undefined where there was none. */
async function moveAside(files: NodeFiles, folder: string): Promise<string | undefined> {
  const backup = claimSibling(files.path, folder, 'old');
  try {
    await files.fs.rename(folder, backup);
    return backup;
  } catch (error) {
    releaseSibling(backup);
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function putBack(files: NodeFiles, folder: string, backup: string): Promise<void> {
  try {
    await files.fs.rename(backup, folder);
  } catch (error) {
    // Another writer's version is newer than this one. Otherwise it stays for recovering.
    if (isTaken(error)) await removeQuietly(files, backup);
  } finally {
    releaseSibling(backup);
  }
}

/** Renames before removing: a backup is whole or gone, never half of one. */
async function discard(files: NodeFiles, folder: string, backup: string): Promise<void> {
  const rubbish = claimSibling(files.path, folder, 'new');
  const isMoved = await files.fs.rename(backup, rubbish).then(
    () => true,
    () => false,
  );
  await removeQuietly(files, isMoved ? rubbish : backup);
  releaseSibling(rubbish);
  releaseSibling(backup);
}
