import { PtlError } from '../contract/errors.ts';
import { type FolderSibling, listSiblings } from './folder-sibling.ts';
import { type NodeFiles, nodeFiles } from './node-files.ts';
import { realFolder } from './real-folder.ts';
import { describeSystemError, systemErrorCode } from './system-error.ts';

/** Time a reader gives a writer that is between its two renames. */
const swapMs = 1000;
const pollMs = 5;

/**
 * Cleans up after a writer that died: puts the previous version back if the folder is missing, and
 * removes what else it left. Leaves alone what a running writer is at work on.
 *
 * @throws {@link PtlError} `FILE_WRITE_FAILED` if the previous version cannot be put back.
 */
export async function recoverFolder(folder: string): Promise<void> {
  const files = await nodeFiles();
  const real = await realFolder(files, folder);
  let siblings = await listSiblings(files, real);
  if (siblings.length === 0) return;
  for (let waited = 0; waited < swapMs && siblings.some(isSwapping); waited += pollMs) {
    if (await isThere(files, real)) break;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    siblings = await listSiblings(files, real);
  }
  const abandoned = siblings.filter((sibling) => !sibling.inUse);
  if (!(await isThere(files, real))) await restore(files, real, abandoned);
  for (const sibling of abandoned) await removeQuietly(files, sibling.path);
}

/** Removes a folder if the system lets it; a reader may have no right to. */
export async function removeQuietly({ fs }: NodeFiles, folder: string): Promise<void> {
  await fs.rm(folder, { recursive: true, force: true }).catch(() => {});
}

function isSwapping(sibling: FolderSibling): boolean {
  return sibling.kind === 'old' && sibling.inUse;
}

function isThere({ fs }: NodeFiles, folder: string): Promise<boolean> {
  return fs.lstat(folder).then(
    () => true,
    () => false,
  );
}

async function restore(
  { fs }: NodeFiles,
  folder: string,
  abandoned: readonly FolderSibling[],
): Promise<void> {
  const backup = abandoned.find((sibling) => sibling.kind === 'old');
  if (!backup) return;
  try {
    await fs.rename(backup.path, folder);
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    // Another process was faster.
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) return;
    const reason = `its last version in "${backup.path}" cannot be put back: ${describeSystemError(error)}`;
    const details = { file: folder, reason };
    throw new PtlError('FILE_WRITE_FAILED', `"${folder}": ${reason}.`, details, { cause: error });
  }
}
