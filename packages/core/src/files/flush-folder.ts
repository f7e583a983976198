import type { NodeFiles } from './node-files.ts';
import { systemErrorCode } from './system-error.ts';

/** What systems answer that cannot flush a folder, such as Windows, and need not. */
const cannotFlush = ['EACCES', 'EINVAL', 'EISDIR', 'EPERM'];

/** Makes the names in a folder survive a loss of power. */
export async function flushFolder({ fs }: NodeFiles, folder: string): Promise<void> {
  try {
    await using handle = await fs.open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!cannotFlush.includes(systemErrorCode(error) ?? '')) throw error;
  }
}
