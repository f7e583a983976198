import type { Backbone } from '../backbone/backbone.ts';
import { nodeFiles } from '../files/node-files.ts';
import { exists } from '../files/read-file.ts';
import { loadAdapter } from '../model/load-adapter.ts';
import { loadModel } from '../model/load-model.ts';
import { TunedModel } from '../model/tuned-model.ts';
import type { AdapterFolder, AdapterSource } from './adapter-source.ts';
import { type ServedAdapter, serveModel } from './served-adapter.ts';

/** The folder that a source names; null for a model. */
function folderOf(source: AdapterSource): AdapterFolder | null {
  if (typeof source === 'string') return { folder: source };
  return source instanceof TunedModel ? null : source;
}

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
