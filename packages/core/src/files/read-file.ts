import { PtlError } from '../contract/errors.ts';
import { nodeFiles } from './node-files.ts';
import { describeSystemError, systemErrorCode } from './system-error.ts';

/** Bytes asked for at once: one read of 2 GiB or more fails on some systems. */
const maximumRead = 2 ** 30;

/**
 * Reads a whole file of any size.
 *
 * @param allocate - Makes the buffer for so many bytes.
 * @throws {@link PtlError} `FILE_NOT_FOUND` if there is none; `FILE_INVALID` if it cannot be read.
 */
export async function readBytes(
  path: string,
  allocate: (length: number) => ArrayBuffer = (length) => new ArrayBuffer(length),
): Promise<Uint8Array<ArrayBuffer>> {
  const { fs } = await nodeFiles();
  try {
    await using handle = await fs.open(path, 'r');
    const status = await handle.stat();
    if (!status.isFile()) throw invalid(path, 'it is not a regular file');
    const bytes = new Uint8Array(allocate(status.size), 0, status.size);
    let filled = 0;
    while (filled < bytes.length) {
      const length = Math.min(bytes.length - filled, maximumRead);
      const { bytesRead } = await handle.read(bytes, filled, length);
      if (bytesRead === 0) throw invalid(path, `it shrank to ${filled} bytes while being read`);
      filled += bytesRead;
    }
    return bytes;
  } catch (error) {
    throw explain(path, error);
  }
}

/**
 * Reads a UTF-8 text. A byte order mark is dropped; bytes that are not UTF-8 become U+FFFD.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND` if there is none; `FILE_INVALID` if it cannot be read.
 */
export async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}

/**
 * Reads a JSON file. What it holds is for the caller to check.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND` if there is none; `FILE_INVALID` if it is not JSON in
 *   UTF-8 or cannot be read.
 */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readBytes(path);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it is not valid UTF-8';
    throw invalid(path, `it is not JSON: ${reason}`, error);
  }
}

/** Whether there is a file or folder that can be seen at a path. */
export async function exists(path: string): Promise<boolean> {
  const { fs } = await nodeFiles();
  return fs.stat(path).then(
    () => true,
    () => false,
  );
}

function invalid(file: string, reason: string, cause?: unknown): PtlError<'FILE_INVALID'> {
  const message = `"${file}" cannot be read: ${reason}.`;
  return new PtlError('FILE_INVALID', message, { file, reason }, { cause });
}

function explain(file: string, error: unknown): PtlError {
  if (error instanceof PtlError) return error;
  const code = systemErrorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new PtlError(
      'FILE_NOT_FOUND',
      `There is no file "${file}".`,
      { file },
      { cause: error },
    );
  }
  return invalid(file, describeSystemError(error), error);
}
