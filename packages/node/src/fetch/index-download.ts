import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Wheel } from '../plan/wheel.ts';
import { resumableDownload } from './resumable-download.ts';

const defaultIndex = 'https://pypi.org/pypi';

/**
 * Downloads a wheel through the JSON API of the Python package index, `PTL_PYPI_INDEX` or the public one. A download
 * that was broken off goes on where it stopped.
 */
export async function indexDownload(
  wheel: Wheel,
  folder: string,
  env: NodeJS.ProcessEnv,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const index = (env['PTL_PYPI_INDEX'] || defaultIndex).replace(/\/$/, '');
  const url = await findUrl(`${index}/${wheel.package}/${wheel.version}/json`, wheel);
  const part = join(folder, `${wheel.file}.part`);
  await resumableDownload(url, part, onBytes);
  await rename(part, join(folder, wheel.file));
}

async function findUrl(page: string, wheel: Wheel): Promise<string> {
  const response = await fetch(page);
  if (!response.ok) {
    throw new Error(`${new URL(page).host} answered ${response.status} for ${wheel.package}`);
  }
  const release: unknown = await response.json();
  for (const file of listFiles(release)) {
    if (file.filename === wheel.file) return new URL(file.url, page).href;
  }
  throw new Error(`${new URL(page).host} has no ${wheel.file}`);
}

/** The files of a release, from an answer that need not be what it should be. */
function listFiles(release: unknown): { filename: string; url: string }[] {
  if (typeof release !== 'object' || release === null || !('urls' in release)) return [];
  return Array.isArray(release.urls) ? release.urls.filter(isFile) : [];
}

function isFile(value: unknown): value is { filename: string; url: string } {
  if (typeof value !== 'object' || value === null) return false;
  if (!('filename' in value && 'url' in value)) return false;
  return typeof value.filename === 'string' && typeof value.url === 'string';
}
