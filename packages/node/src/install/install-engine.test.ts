import { existsSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPtlError } from '@ptl/core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { bundleProgram, startProgram } from '../testing/child-program.ts';
import { indexServer } from '../testing/index-server.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { toyBuild } from '../testing/toy-build.ts';
import { toyEngine } from '../testing/toy-engine.ts';
import { installEngineWith } from './install-engine.ts';
import type { InstallProgress } from './install-progress.ts';
import { engineFolder, readInstalled } from './installed-engine.ts';

const compiler = process.execPath;

describe('installEngine', () => {
  test('takes the libraries and headers out of the wheel, and nothing else', async () => {
    const { plan, wheel, content } = toyEngine();
    const cache = await temporaryFolder();
    const server = await indexServer(wheel, content);
    const seen: InstallProgress[] = [];
    const env = { PTL_PYPI_INDEX: server.index, CXX: compiler };
    const options = { cache, env, onProgress: (progress: InstallProgress) => seen.push(progress) };
    const engine = await installEngineWith(toyBuild, plan, options);
    const files = await readdir(join(engine.folder, 'toy'), { recursive: true });
    expect(files.sort()).toEqual(['include', 'include/c', 'include/c/toy.h', 'libtoy.so.1']);
    expect(await readdir(cache)).toEqual(['engines']);
    expect(seen.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['download', 'extract']));
    expect(seen.at(-1)).toEqual({ stage: 'check', percent: 100 });
    const percents = seen.map(({ percent }) => percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
  });

  test('does nothing for an engine that is there', async () => {
    const { server, options, plan } = await installToy();
    await installEngineWith(toyBuild, plan, options);
    expect(server.ranges).toHaveLength(1);
  });

  test('compiles alone if only the addon is missing', async () => {
    const { server, options, plan, engine } = await installToy();
    await rm(join(engine.addon, '..'), { recursive: true });
    await installEngineWith(toyBuild, plan, options);
    expect(server.ranges).toHaveLength(1);
    expect(await readFile(join(engine.folder, 'builds'), 'utf8')).toBe('built\nbuilt\n');
  });

  test('does not use a library that was cut short, and replaces it', async () => {
    const { server, options, plan, engine } = await installToy();
    await truncate(join(engine.folder, 'toy/libtoy.so.1'), 10);
    expect(await readInstalled(options.cache, plan)).toBeUndefined();
    await installEngineWith(toyBuild, plan, options);
    expect(server.ranges).toHaveLength(2);
    expect(await readInstalled(options.cache, plan)).toBeDefined();
  });

  test('says that there is no compiler before it downloads anything', async () => {
    const { plan, wheel, content } = toyEngine();
    const cache = await temporaryFolder();
    const server = await indexServer(wheel, content);
    const env = { PTL_PYPI_INDEX: server.index, PATH: cache };
    const reason = await failureOf(installEngineWith(toyBuild, plan, { cache, env }));
    expect(reason).toContain('there is no C++ compiler (tried g++, clang++, c++)');
    expect(server.ranges).toHaveLength(0);
  });

  test('leaves nothing to use after a wrong sum', async () => {
    const { plan, wheel, content } = toyEngine();
    const cache = await temporaryFolder();
    const changed = Buffer.from(content);
    changed[50] = (changed[50] ?? 0) ^ 1;
    const server = await indexServer(wheel, changed);
    const env = { PTL_PYPI_INDEX: server.index, CXX: compiler };
    const reason = await failureOf(installEngineWith(toyBuild, plan, { cache, env }));
    expect(reason).toMatch(/has the sha256 [0-9a-f]{64} and should have [0-9a-f]{64}/);
    expect(existsSync(engineFolder(cache, plan))).toBe(false);
    expect(await readdir(join(cache, 'downloads'))).toEqual([]);
  });

  test('keeps the wheel and no half of an engine when it cannot be unpacked', async () => {
    const { plan, wheel, content } = toyEngine();
    const cache = await temporaryFolder();
    const server = await indexServer(wheel, content);
    const env = { PTL_PYPI_INDEX: server.index, CXX: compiler };
    const wanting = { ...plan, wheels: [{ ...wheel, take: ['toy/', 'toy/missing.so'] }] };
    const reason = await failureOf(installEngineWith(toyBuild, wanting, { cache, env }));
    expect(reason).toBe(`${wheel.file} holds no toy/missing.so`);
    expect(await readdir(join(cache, 'engines'))).toEqual([]);
    expect(await readdir(join(cache, 'downloads'))).toEqual([wheel.file]);
  });

  test('names a cache folder that cannot be written', async () => {
    const { plan } = toyEngine();
    const file = join(await temporaryFolder(), 'a-file');
    await writeFile(file, '');
    const options = { cache: join(file, 'cache'), env: { CXX: compiler } };
    expect(await failureOf(installEngineWith(toyBuild, plan, options))).toContain('ENOTDIR');
  });
});

describe('two processes and kills', () => {
  let program = '';
  beforeAll(async () => {
    program = await bundleProgram('testing/install-child.ts');
  });

  test('two processes at once fetch and build once, and both succeed', async () => {
    const { plan, wheel, content } = toyEngine(1_000_000);
    const cache = await temporaryFolder();
    const server = await indexServer(wheel, content);
    const args = [cache, server.index, '1000000'];
    const children = [startProgram(program, args), startProgram(program, args)];
    const results = await Promise.all(children.map(({ ended }) => ended));
    expect(results.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(['0', '0']);
    expect(server.ranges).toEqual(['']);
    const builds = await readFile(join(engineFolder(cache, plan), 'builds'), 'utf8');
    expect(builds).toBe('built\n');
  });

  test('an install goes on where a killed one stopped in its download', async () => {
    const { plan, wheel, content } = toyEngine(1_000_000);
    const cache = await temporaryFolder();
    const server = await indexServer(wheel, content);
    server.stallAfter = 300_000;
    const args = [cache, server.index, '1000000'];
    const { child, ended } = startProgram(program, args);
    const part = join(cache, 'downloads', `${wheel.file}.part`);
    await vi.waitFor(async () => expect((await readFile(part)).length).toBe(300_000), 10_000);
    child.kill('SIGKILL');
    await ended;
    expect(await readInstalled(cache, plan)).toBeUndefined();
    // The dead process still holds the lock.
    expect(await readdir(cache)).toContain('install.lock');
    server.stallAfter = undefined;
    const second = await startProgram(program, args).ended;
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(server.ranges).toEqual(['', 'bytes=300000-']);
    expect(await readInstalled(cache, plan)).toBeDefined();
  });
});

async function installToy() {
  const { plan, wheel, content } = toyEngine();
  const cache = await temporaryFolder();
  const server = await indexServer(wheel, content);
  const options = { cache, env: { PTL_PYPI_INDEX: server.index, CXX: compiler } };
  const engine = await installEngineWith(toyBuild, plan, options);
  return { plan, server, options, engine };
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isPtlError(error, 'ENGINE_INSTALL_FAILED'))
    throw new Error('did not fail', { cause: error });
  expect(error.message).not.toContain('\n');
  return error.details.reason;
}
