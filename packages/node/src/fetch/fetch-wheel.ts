import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFailure, installFailure } from '../install/install-failure.ts';
import type { Wheel } from '../plan/wheel.ts';
import { fileSum } from './file-sum.ts';
import { indexDownload } from './index-download.ts';
import { findPip, pipDownload } from './pip-download.ts';

/**
 * Brings a wheel into `folder` and returns its path. One that is there already is taken if its sum is right. Fetched
 * with pip; without pip, if pip fails, or if `PTL_PYPI_INDEX` names an index, through the index's JSON API.
 *
 * @throws {@link PtlError} `ENGINE_INSTALL_FAILED` if no way leads to the wheel or its sum is wrong.
 */
export async function fetchWheel(
  wheel: Wheel,
  folder: string,
  env: NodeJS.ProcessEnv,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const path = join(folder, wheel.file);
  await mkdir(folder, { recursive: true });
  if (await isThere(path)) {
    if ((await fileSum(path)) === wheel.sha256) return path;
    await rm(path);
  }
  await download(wheel, folder, env, onBytes);
  await requireSum(wheel, path);
  return path;
}

async function download(
  wheel: Wheel,
  folder: string,
  env: NodeJS.ProcessEnv,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const failures: string[] = [];
  const pip = env['PTL_PYPI_INDEX'] ? undefined : await findPip(env);
  if (pip) {
    try {
      return await pipDownload(pip, wheel, folder, env, onBytes);
    } catch (error) {
      failures.push(`pip: ${describeFailure(error)}`);
    }
  } else if (!env['PTL_PYPI_INDEX']) {
    failures.push('pip: not found');
  }
  try {
    return await indexDownload(wheel, folder, env, onBytes);
  } catch (error) {
    failures.push(`package index: ${describeFailure(error)}`);
    if (failures.some(isFullDisk)) throw installFailure('download', 'the disk is full', error);
    throw installFailure(
      'download',
      `${wheel.file} could not be fetched (${failures.join('; ')}); it takes a network and pip, or an index named in PTL_PYPI_INDEX`,
    );
  }
}

/** In pip's words or in ours. */
function isFullDisk(failure: string): boolean {
  return /No space left on device|the disk is full/.test(failure);
}

async function requireSum(wheel: Wheel, path: string): Promise<void> {
  const sum = await fileSum(path).catch(() => 'nothing');
  if (sum === wheel.sha256) return;
  await rm(path, { force: true });
  throw installFailure(
    'verify',
    `${wheel.file} has the sha256 ${sum} and should have ${wheel.sha256}; it was deleted`,
  );
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
