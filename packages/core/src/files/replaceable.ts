import { PtlError } from '../contract/errors.ts';
import type { NodeFiles } from './node-files.ts';

/**
 * Refuses to replace a folder that somebody keeps other things in: one with files, none of which is
 * of those to be written. A README tells nothing, every project has one.
 *
 * @throws {@link PtlError} `FILE_WRITE_FAILED`.
 */
export async function checkReplaceable(
  files: NodeFiles,
  folder: string,
  names: readonly string[],
): Promise<void> {
  const { path } = files;
  const outward = path.relative(folder, process.cwd());
  const holdsWorkingFolder = !outward.startsWith('..') && !path.isAbsolute(outward);
  if (holdsWorkingFolder) throw refusal(folder, 'it is, or holds, the working folder');
  const present = await entries(files, folder);
  if (present.length === 0) return;
  const telling = names.filter((name) => name !== 'README.md');
  if (telling.some((name) => present.includes(name.split('/')[0] ?? ''))) return;
  const sample = present.slice(0, 3).map((name) => `"${name}"`);
  throw refusal(folder, `it holds other things, such as ${sample.join(', ')}`);
}

async function entries({ fs }: NodeFiles, folder: string): Promise<string[]> {
  const status = await fs.lstat(folder).catch(() => undefined);
  if (status === undefined) return [];
  if (!status.isDirectory()) throw refusal(folder, 'it is a file');
  return fs.readdir(folder);
}

function refusal(file: string, reason: string): PtlError<'FILE_WRITE_FAILED'> {
  const message = `"${file}" is not replaced: ${reason}. Choose a new or an empty folder.`;
  return new PtlError('FILE_WRITE_FAILED', message, { file, reason });
}
