import { cacheFolder } from '../cache/cache-folder.ts';
import { folderSize } from '../cache/folder-size.ts';
import { findInstalled } from '../install/installed-engine.ts';
import { defaultThreads, loadBinding } from '../load/load-binding.ts';
import { planEngine } from '../plan/engine-plan.ts';
import { thisMachine } from '../plan/machine.ts';
import { formatBytes } from './format-bytes.ts';
import type { Terminal } from './terminal.ts';

/**
 * Loads the engine to say whether it has a GPU.
 *
 * @throws {@link PtlError} `ENGINE_UNAVAILABLE` where TensorFlow has no build.
 */
export async function status(terminal: Terminal): Promise<void> {
  const installed = await findInstalled(cacheFolder());
  if (!installed) {
    const { version } = planEngine(thisMachine());
    terminal.write(
      `TensorFlow ${version} is not installed; PTL would use WebAssembly.\n"ptl-engine install" installs it in ${cacheFolder()}\n`,
    );
    return;
  }
  const binding = loadBinding(installed);
  const rows = [
    ['engine', `TensorFlow ${binding.TF_Version} (${installed.plan.variant})`],
    ['path', installed.folder],
    ['size', formatBytes(await folderSize(installed.folder))],
    ['threads', String(defaultThreads())],
    ['gpu', binding.isUsingGpuDevice() ? 'yes' : 'no'],
  ];
  for (const [name, value] of rows) terminal.write(`${name?.padEnd(8)} ${value}\n`);
}
