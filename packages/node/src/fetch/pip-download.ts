import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderSize } from '../cache/folder-size.ts';
import { runProgram } from '../install/run-program.ts';
import { platformTags, type Wheel } from '../plan/wheel.ts';

const pollMs = 500;

/** A way to call pip: a program and its first arguments. */
export type PipCommand = readonly [command: string, ...args: string[]];

/** The first pip that answers on the path, if there is one. */
export async function findPip(env: NodeJS.ProcessEnv): Promise<PipCommand | undefined> {
  const candidates: PipCommand[] = [['python3', '-m', 'pip'], ['pip3'], ['pip']];
  for (const candidate of candidates) {
    const [command, ...args] = candidate;
    if ((await runProgram(command, [...args, '--version'], env)).code === 0) return candidate;
  }
  return undefined;
}

/**
 * Downloads a wheel with pip, which knows the mirrors, proxies and certificates of this machine. pip tells no progress
 * to a program, so its temporary folder is watched.
 *
 * @throws Error with pip's own last error line.
 */
export async function pipDownload(
  pip: PipCommand,
  wheel: Wheel,
  folder: string,
  env: NodeJS.ProcessEnv,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const [command, ...first] = pip;
  const temporary = join(folder, 'pip');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const timer = setInterval(() => void folderSize(temporary).then(onBytes), pollMs);
  const args = [...first, ...pipArguments(wheel), '--dest', folder];
  const result = await runProgram(command, args, { ...env, TMPDIR: temporary });
  clearInterval(timer);
  await rm(temporary, { recursive: true, force: true });
  if (result.code !== 0) throw new Error(lastError(result.output));
}

function pipArguments(wheel: Wheel): readonly string[] {
  return [
    'download',
    `${wheel.package}==${wheel.version}`,
    '--no-deps',
    '--only-binary=:all:',
    '--python-version=3.11',
    ...platformTags(wheel.file).map((tag) => `--platform=${tag}`),
    '--no-cache-dir',
    '--disable-pip-version-check',
    '--no-input',
    '--retries=2',
    '--progress-bar=off',
  ];
}

/** pip's last complaint; behind a bare `ERROR: Exception:` it is the last line of a traceback. */
function lastError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => line.startsWith('ERROR: '));
  const error = errors.at(-1)?.slice('ERROR: '.length).trim();
  const told = error === 'Exception:' ? lines.at(-1)?.trim() : error;
  return told ?? 'it failed without a word';
}
