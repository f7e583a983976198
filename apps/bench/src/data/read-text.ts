import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { invalidFile, PtlError } from '@ptl/core';

/** The text of a file, and what had to be done to read it. */
export interface FileText {
  readonly text: string;
  readonly notes: readonly string[];
}

const replacement = '\uFFFD';
/** Its UTF-8 bytes, one character each. They stand for nothing else, in invalid text neither. */
const replacementBytes = Buffer.from(replacement).toString('latin1');

/**
 * Reads a file as UTF-8, without its byte order mark. Invalid sequences are replaced by U+FFFD and
 * counted in a note.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND`, or `FILE_INVALID` if the file is UTF-16 or empty.
 */
export async function readText(file: string): Promise<FileText> {
  const bytes = await readBytes(file);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw invalidFile(file, 'The file is UTF-16. Save it as UTF-8');
  }
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === '') throw invalidFile(file, 'The file is empty');
  if (isUtf8(bytes)) return { text, notes: [] };
  const replaced = countOf(replacement, text) - countOf(replacementBytes, bytes.toString('latin1'));
  const sequences = replaced === 1 ? 'sequence' : 'sequences';
  return { text, notes: [`${replaced} invalid UTF-8 ${sequences} replaced in ${basename(file)}`] };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new PtlError('FILE_NOT_FOUND', `There is no file ${file}.`, { file }, { cause: error });
    }
    throw invalidFile(file, `The file cannot be read: ${error}`, undefined, error);
  }
}

function countOf(needle: string, haystack: string): number {
  return haystack.split(needle).length - 1;
}
