import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPtlError } from '@ptl/core';
import { describe, expect, test, vi } from 'vitest';
import { closedIndex, indexServer } from '../testing/index-server.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { toyEngine } from '../testing/toy-engine.ts';
import { fetchWheel } from './fetch-wheel.ts';

const { wheel, content } = toyEngine();

describe('fetchWheel', () => {
  test('finds the file by its name in the index', async () => {
    const folder = await temporaryFolder();
    const server = await indexServer(wheel, content);
    const path = await fetchWheel(wheel, folder, { PTL_PYPI_INDEX: server.index }, ignore);
    expect((await readFile(path)).equals(content)).toBe(true);
  });

  test('takes a complete file that is there, and no other', async () => {
    const folder = await temporaryFolder();
    const server = await indexServer(wheel, content);
    const env = { PTL_PYPI_INDEX: server.index };
    await writeFile(join(folder, wheel.file), content);
    await fetchWheel(wheel, folder, env, ignore);
    expect(server.ranges).toHaveLength(0);
    await writeFile(join(folder, wheel.file), content.subarray(1));
    await fetchWheel(wheel, folder, env, ignore);
    expect(server.ranges).toHaveLength(1);
  });

  test('downloads with pip, for the platform and version that are pinned', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'content'), content);
    const env = await pathWithPip(
      `echo "$@" > ${folder}/arguments; cp ${folder}/content ${folder}/${wheel.file}`,
    );
    await fetchWheel(wheel, folder, env, ignore);
    const args = await readFile(join(folder, 'arguments'), 'utf8');
    expect(args).toContain('download toy==1.0 --no-deps --only-binary=:all: --python-version=3.11');
    expect(args).toContain('--platform=manylinux_2_27_x86_64');
    expect(await readdir(folder)).not.toContain('pip');
  });

  test('refuses what pip brings if its sum is wrong', async () => {
    const folder = await temporaryFolder();
    const env = await pathWithPip(`echo wrong > ${folder}/${wheel.file}`);
    const reason = await failureOf(fetchWheel(wheel, folder, env, ignore));
    expect(reason).toContain('has the sha256');
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ['ERROR: No matching distribution', 'pip: No matching distribution;'],
    ['ERROR: Exception:\\nTraceback\\nOSError: disk', 'pip: OSError: disk;'],
    ['', 'pip: it failed without a word;'],
  ])('tells what pip said last (%s)', async (output, told) => {
    const folder = await temporaryFolder();
    const env = await pathWithPip(`printf '${output}'; exit 1`);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    const reason = await failureOf(fetchWheel(wheel, folder, env, ignore));
    vi.unstubAllGlobals();
    expect(reason).toContain(told);
  });

  test('says of a full disk nothing else', async () => {
    const folder = await temporaryFolder();
    const env = await pathWithPip("printf 'ERROR: [Errno 28] No space left on device'; exit 1");
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    const reason = await failureOf(fetchWheel(wheel, folder, env, ignore));
    vi.unstubAllGlobals();
    expect(reason).toBe('the disk is full');
  });

  test('says in one line that nobody answers', async () => {
    const folder = await temporaryFolder();
    const env = { PTL_PYPI_INDEX: await closedIndex() };
    const work = fetchWheel(wheel, folder, env, ignore);
    expect(await failureOf(work)).toBe(
      `${wheel.file} could not be fetched (package index: the connection was refused); it takes a network and pip, or an index named in PTL_PYPI_INDEX`,
    );
  });

  test('says what the index lacks', async () => {
    const folder = await temporaryFolder();
    const server = await indexServer({ ...wheel, file: 'another.whl' }, content);
    const work = fetchWheel(wheel, folder, { PTL_PYPI_INDEX: server.index }, ignore);
    expect(await failureOf(work)).toContain(`has no ${wheel.file}`);
  });
});

/** A search path with nothing on it but a pip that runs a shell line. */
async function pathWithPip(line: string): Promise<NodeJS.ProcessEnv> {
  const folder = await temporaryFolder();
  const program = join(folder, 'pip');
  const script = `#!/bin/sh\nPATH=/usr/bin:/bin\n[ "$1" = --version ] && exit 0\n${line}\n`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  return { PATH: folder };
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isPtlError(error, 'ENGINE_INSTALL_FAILED'))
    throw new Error('did not fail', { cause: error });
  return error.details.reason;
}

function ignore(): void {}
