import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { innerNameProblem } from './inner-name.ts';
import { recoverFolder } from './recover-folder.ts';
import { writeFolderAtomically } from './write-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ptl-write-'));
});
afterEach(() => rm(root, { recursive: true }));

const version = (text: string, ...more: readonly string[]) =>
  new Map<string, Uint8Array | string>([
    ['config.json', text],
    ['training/state.bin', new TextEncoder().encode(text)],
    ...more.map((name): [string, string] => [name, text]),
  ]);

async function contents(folder: string): Promise<Record<string, string>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  const pairs = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(folder.length + 1), await readFile(path, 'utf8')];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

const one = { 'config.json': 'one', 'training/state.bin': 'one' };
const two = { 'config.json': 'two', 'training/state.bin': 'two' };

describe('writeFolderAtomically', () => {
  it('writes files and subfolders and leaves nothing beside them', async () => {
    const folder = join(root, 'deep/er/adapter');
    await writeFolderAtomically(folder, version('one'));
    expect(await contents(folder)).toEqual(one);
    expect(await readdir(dirname(folder))).toEqual(['adapter']);
  });

  it('replaces the old folder as a whole', async () => {
    const folder = join(root, 'adapter');
    await writeFolderAtomically(folder, version('one', 'stale.txt', 'training/old/moments.bin'));
    await writeFolderAtomically(folder, version('two'));
    expect(await contents(folder)).toEqual(two);
    expect(await readdir(root)).toEqual(['adapter']);
  });

  it('writes through a link to the folder behind it', async () => {
    await writeFolderAtomically(join(root, 'real'), version('one'));
    await symlink('real', join(root, 'link'));
    await writeFolderAtomically(join(root, 'link'), version('two'));
    expect(await contents(join(root, 'real'))).toEqual(two);
    expect(await readFile(join(root, 'link/config.json'), 'utf8')).toBe('two');
  });

  it('leaves one whole version when many write at once', async () => {
    const folder = join(root, 'adapter');
    const texts = Array.from({ length: 8 }, (_, index) => `version ${index}`);
    const written = texts.map((text) => writeFolderAtomically(folder, version(text)));
    const results = await Promise.allSettled(written);
    expect(results.some((result) => result.status === 'fulfilled')).toBe(true);
    const found = await contents(folder);
    expect(new Set(Object.values(found)).size).toBe(1);
    await recoverFolder(folder);
    expect(await readdir(root)).toEqual(['adapter']);
  });

  it.each([
    [
      'a full disk',
      'ENOSPC',
      /state\.bin" cannot be written: no space left on the disk \(ENOSPC\)/,
    ],
    ['a missing right', 'EACCES', /state\.bin" cannot be written: permission denied \(EACCES\)/],
  ])('keeps the old folder on %s', async (_, code, message) => {
    const folder = join(root, 'adapter');
    await writeFolderAtomically(folder, version('one'));
    const fail = async (path: string, content: Uint8Array | string) => {
      if (path.endsWith('state.bin')) throw Object.assign(new Error('write'), { code });
      await writeFile(path, content);
    };
    const second = writeFolderAtomically(folder, version('two'), { writeFile: fail });
    await expect(second).rejects.toThrow(message);
    await expect(second).rejects.toMatchObject({
      code: 'FILE_WRITE_FAILED',
      details: { file: join(folder, 'training/state.bin') },
    });
    expect(await contents(folder)).toEqual(one);
    expect(await readdir(root)).toEqual(['adapter']);
  });

  it.skipIf(process.platform !== 'linux')('understands what a full device answers', async () => {
    const full = (_: string, content: Uint8Array | string) => writeFile('/dev/full', content);
    const written = writeFolderAtomically(join(root, 'adapter'), version('one'), {
      writeFile: full,
    });
    await expect(written).rejects.toThrow('no space left on the disk (ENOSPC)');
    expect(await readdir(root)).toEqual([]);
  });

  it.each(['../evil', '/evil', 'a/../../evil', 'a\\..\\evil', 'C:evil', '', 'a//b', './a', 'a\0b'])(
    'refuses the name %j',
    async (name) => {
      const written = writeFolderAtomically(join(root, 'adapter'), new Map([[name, 'x']]));
      await expect(written).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
      expect(await readdir(root)).toEqual([]);
    },
  );

  it('accepts no name that leads out of the folder', () => {
    const part = fc.constantFrom('..', '.', '', 'a', '/', '\\', 'b.json');
    const name = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(name, (name) => {
        const isInside = join('/folder', name).startsWith('/folder/') && !name.includes('\\');
        return innerNameProblem(name) !== undefined || isInside;
      }),
    );
  });

  it('does not replace a folder that holds other things', async () => {
    const folder = join(root, 'project');
    await mkdir(folder);
    await writeFile(join(folder, 'README.md'), 'mine');
    await writeFile(join(folder, 'thesis.tex'), 'mine');
    const written = writeFolderAtomically(folder, version('one', 'README.md'));
    await expect(written).rejects.toThrow(
      'it holds other things, such as "README.md", "thesis.tex"',
    );
    await expect(writeFolderAtomically(join(folder, 'thesis.tex'), version('one'))).rejects.toThrow(
      'it is a file',
    );
    await expect(writeFolderAtomically('.', version('one'))).rejects.toThrow('the working folder');
    expect(await contents(folder)).toEqual({ 'README.md': 'mine', 'thesis.tex': 'mine' });
  });
});
