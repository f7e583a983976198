import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PtlError } from '@ptl/core';

/**
 * Writes a file so that a crash at any moment leaves either what was there or what is new.
 *
 * @throws {@link PtlError} `FILE_WRITE_FAILED`; what was there before is intact.
 */
export async function writeFileAtomically(file: string, content: string): Promise<void> {
  const fresh = `${file}.${process.pid}.new`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFlushed(fresh, content);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    const reason = error instanceof Error ? error.message : String(error);
    const message = `"${file}" cannot be written: ${reason}.`;
    throw new PtlError('FILE_WRITE_FAILED', message, { file, reason }, { cause: error });
  }
}

async function writeFlushed(file: string, content: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
