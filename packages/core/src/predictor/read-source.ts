import type { Backbone } from '../backbone/backbone.ts';
import { nodeFiles } from '../files/node-files.ts';
import { exists } from '../files/read-file.ts';
import { loadAdapter } from '../model/load-adapter.ts';
import { loadModel } from '../model/load-model.ts';
import type { AdapterFolder } from './adapter-source.ts';
import { type ServedAdapter, serveModel } from './served-adapter.ts';

/**
 * Reads an adapter that PTL saved, or PEFT, into memory.
 *
 * @throws {@link PtlError} as `loadModel` and `loadAdapter` do.
 */
export async function readFolder(
  name: string,
  { folder, ...options }: AdapterFolder,
  backbone: Backbone,
): Promise<ServedAdapter> {
  const { path } = await nodeFiles();
  const isOwn = await exists(path.join(folder, 'ptl.json'));
  const { task } = options;
  using model = isOwn
    ? await loadModel(folder, task ? { backbone, task } : { backbone })
    : await loadAdapter(backbone, folder, options);
  return serveModel(name, model.parts);
}
