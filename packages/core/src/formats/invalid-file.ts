import { PtlError } from '../contract/errors.ts';

/**
 * An error about the content of a file.
 *
 * @param reason - A clause without a full stop.
 * @param line - Counted from 1; none where the file as a whole is meant.
 */
export function invalidFile(
  file: string,
  reason: string,
  line?: number,
  cause?: unknown,
): PtlError<'FILE_INVALID'> {
  const place = line === undefined ? file : `${file}:${line}`;
  const details = { file, reason, ...(line === undefined ? {} : { line }) };
  return new PtlError('FILE_INVALID', `${place}: ${reason}.`, details, { cause });
}
