import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';
import { folderSize } from '../cache/folder-size.ts';
import { withProcessLock } from '../cache/process-lock.ts';
import { installLock } from '../install/install-engine.ts';
import { formatBytes } from './format-bytes.ts';
import type { Terminal } from './terminal.ts';

/** Deletes only what PTL's engine put into the cache: others may keep things there, too. */
export async function remove(terminal: Terminal): Promise<void> {
  const cache = cacheFolder();
  const folders = ['engines', 'downloads'].map((name) => join(cache, name));
  const sizes = await Promise.all(folders.map(folderSize));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes === 0) {
    terminal.write(`No engine is installed in ${cache}\n`);
    return;
  }
  await withProcessLock(installLock(cache), async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  terminal.write(`Removed ${formatBytes(bytes)} from ${cache}\n`);
}
