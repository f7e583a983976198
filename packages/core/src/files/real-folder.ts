import type { NodeFiles } from './node-files.ts';

/**
 * The absolute path behind a folder's name. Links are followed even where nothing is at their end,
 * so that a crash between two renames does not hide what a link meant.
 */
export async function realFolder(files: NodeFiles, folder: string): Promise<string> {
  const { fs, path } = files;
  const absolute = path.resolve(folder);
  try {
    return await fs.realpath(absolute);
  } catch {
    const target = await fs.readlink(absolute).catch(() => undefined);
    if (target !== undefined) return path.resolve(path.dirname(absolute), target);
    const parent = await fs.realpath(path.dirname(absolute)).catch(() => path.dirname(absolute));
    return path.join(parent, path.basename(absolute));
  }
}
