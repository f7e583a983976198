import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary folder with the given files; removed when the scope that uses it ends. */
export interface DataFolder extends AsyncDisposable {
  readonly path: string;
}

/** Writes files, by their paths in the folder, to a new temporary folder. */
export async function dataFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<DataFolder> {
  const root = await mkdtemp(join(tmpdir(), 'ptl-bench-'));
  const path = join(root, 'weather');
  await mkdir(path);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return {
    path,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
