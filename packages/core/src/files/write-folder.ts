import { PtlError } from '../contract/errors.ts';
import { flushFolder } from './flush-folder.ts';
import { claimSibling, releaseSibling } from './folder-sibling.ts';
import { innerNameProblem } from './inner-name.ts';
import { type NodeFiles, nodeFiles } from './node-files.ts';
import { realFolder } from './real-folder.ts';
import { recoverFolder, removeQuietly } from './recover-folder.ts';
import { checkReplaceable } from './replaceable.ts';
import { swapFolder } from './swap-folder.ts';
import { describeSystemError } from './system-error.ts';

/** Writes a whole file and flushes it to the disk. */
type WriteFile = (path: string, content: Uint8Array | string) => Promise<void>;

export interface WriteFolderOptions {
  /** Replaces the writing of single files, in tests. */
  readonly writeFile?: WriteFile;
}

/**
 * Writes a folder so that a crash at any moment leaves either what was there or what is new: into a
 * sibling that is flushed to the disk, then renamed into place.
 *
 * A folder that is there is replaced as a whole: files that only the old version has are gone. A
 * folder that looks like something else is refused instead.
 *
 * `files` maps names relative to the folder, with `/` between subfolders, to what they hold.
 * Readers call {@link recoverFolder} first, which puts the previous version back where a crash fell
 * between the two renames.
 *
 * @throws {@link PtlError} `FILE_WRITE_FAILED`, with the file and the reason; the folder is then as
 *   it was.
 */
export async function writeFolderAtomically(
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  options: WriteFolderOptions = {},
): Promise<void> {
  checkNames(folder, files);
  const node = await nodeFiles();
  const real = await realFolder(node, folder);
  await recoverFolder(real);
  await checkReplaceable(node, real, [...files.keys()]);
  const fresh = claimSibling(node.path, real, 'new');
  try {
    await fill(node, real, fresh, files, options.writeFile ?? ((...file) => write(node, ...file)));
    await swapFolder(node, real, fresh);
  } catch (error) {
    await removeQuietly(node, fresh);
    throw error instanceof PtlError ? error : failure(real, error);
  } finally {
    releaseSibling(fresh);
  }
}

function checkNames(folder: string, files: ReadonlyMap<string, unknown>): void {
  for (const name of files.keys()) {
    const problem = innerNameProblem(name);
    if (problem === undefined) continue;
    const reason = `the name ${JSON.stringify(name)} is refused: ${problem}`;
    const message = `"${folder}" cannot be written: ${reason}.`;
    throw new PtlError('FILE_WRITE_FAILED', message, { file: name, reason });
  }
}

async function fill(
  node: NodeFiles,
  folder: string,
  fresh: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  writeFile: WriteFile,
): Promise<void> {
  const { fs, path } = node;
  await fs.mkdir(fresh, { recursive: true });
  const subfolders = new Set([fresh]);
  for (const [name, content] of files) {
    const file = path.join(fresh, name);
    try {
      for (let up = path.dirname(file); !subfolders.has(up); up = path.dirname(up)) {
        subfolders.add(up);
      }
      await fs.mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    } catch (error) {
      throw failure(path.join(folder, name), error);
    }
  }
  for (const subfolder of subfolders) await flushFolder(node, subfolder);
}

async function write({ fs }: NodeFiles, path: string, content: Uint8Array | string): Promise<void> {
  // `wx`: two names that the file system takes for one are an error, not a loss.
  await using handle = await fs.open(path, 'wx');
  await handle.writeFile(content);
  await handle.sync();
}

function failure(file: string, error: unknown): PtlError<'FILE_WRITE_FAILED'> {
  const reason = describeSystemError(error);
  const message = `"${file}" cannot be written: ${reason}.`;
  return new PtlError('FILE_WRITE_FAILED', message, { file, reason }, { cause: error });
}
