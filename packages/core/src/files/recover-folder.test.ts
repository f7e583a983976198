import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recoverFolder } from './recover-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ptl-recover-'));
});
afterEach(() => rm(root, { recursive: true }));

/** No process has this number: Linux stops at 2 ** 22. */
const deadProcess = 2 ** 30;

async function leave(kind: 'new' | 'old', owner: number): Promise<string> {
  const sibling = join(root, `.adapter.ptl-${kind}-${owner}-0123abcd`);
  await mkdir(sibling);
  await writeFile(join(sibling, 'config.json'), kind);
  return sibling;
}

describe('recoverFolder', () => {
  it('puts the previous version back where a dead writer left none', async () => {
    await leave('old', deadProcess);
    await leave('new', deadProcess);
    await recoverFolder(join(root, 'adapter'));
    expect(await readFile(join(root, 'adapter/config.json'), 'utf8')).toBe('old');
    expect(await readdir(root)).toEqual(['adapter']);
  });

  it('removes what a dead writer left where the folder is there', async () => {
    await mkdir(join(root, 'adapter'));
    await writeFile(join(root, 'adapter/config.json'), 'current');
    await leave('old', deadProcess);
    await leave('new', process.pid);
    await recoverFolder(join(root, 'adapter'));
    expect(await readFile(join(root, 'adapter/config.json'), 'utf8')).toBe('current');
    expect(await readdir(root)).toEqual(['adapter']);
  });

  it('waits for a running writer between its renames and leaves its folders alone', async () => {
    const backup = await leave('old', process.ppid);
    const fresh = await leave('new', process.ppid);
    const swap = new Promise((resolve) => setTimeout(resolve, 30)).then(() =>
      rename(fresh, join(root, 'adapter')),
    );
    await recoverFolder(join(root, 'adapter'));
    expect(await readFile(join(root, 'adapter/config.json'), 'utf8')).toBe('new');
    expect(await readFile(join(backup, 'config.json'), 'utf8')).toBe('old');
    await swap;
  });

  it('leaves folders with similar names alone', async () => {
    const others = ['.adapter.ptl-old-1-0123abc', '.adapter2.ptl-old-1-0123abcd', 'adapter.old'];
    for (const name of others) await mkdir(join(root, name));
    await recoverFolder(join(root, 'adapter'));
    expect((await readdir(root)).sort()).toEqual([...others].sort());
  });

  it('does nothing where there is nothing', async () => {
    await recoverFolder(join(root, 'none/adapter'));
    expect(await readdir(root)).toEqual([]);
  });
});
