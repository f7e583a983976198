import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exists, readBytes, readJson, readText } from './read-file.ts';

let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptl-read-'));
  await writeFile(at('text.txt'), '\uFEFFGrüße 🙂');
  await writeFile(at('bad.bin'), Uint8Array.of(0x61, 0xff, 0x62));
  await writeFile(at('good.json'), '\uFEFF{"a": [1]}');
  await writeFile(at('bad.json'), '{"a": 1,}');
});
afterAll(() => rm(folder, { recursive: true }));

describe('reading files', () => {
  it('gives the bytes, the text without its mark, and the value', async () => {
    expect(await readBytes(at('bad.bin'))).toEqual(Uint8Array.of(0x61, 0xff, 0x62));
    expect(await readText(at('text.txt'))).toBe('Grüße 🙂');
    expect(await readText(at('bad.bin'))).toBe('a\uFFFDb');
    expect(await readJson(at('good.json'))).toEqual({ a: [1] });
  });

  it.each([readBytes, readText, readJson])('names a file that is not there', async (read) => {
    const missing = { code: 'FILE_NOT_FOUND', details: { file: at('none') } };
    await expect(read(at('none'))).rejects.toMatchObject(missing);
    await expect(read(at('text.txt/none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('names a file that is not what it has to be, and why', async () => {
    await expect(readJson(at('bad.json'))).rejects.toThrow(
      /bad\.json" cannot be read: it is not JSON: .*position 8/,
    );
    await expect(readJson(at('bad.bin'))).rejects.toThrow('it is not valid UTF-8');
    await expect(readBytes(folder)).rejects.toMatchObject({ code: 'FILE_INVALID' });
    await expect(readBytes('/dev/null')).rejects.toThrow('it is not a regular file');
  });

  it('tells whether a file or folder is there', async () => {
    expect(await exists(at('text.txt'))).toBe(true);
    expect(await exists(folder)).toBe(true);
    expect(await exists(at('none'))).toBe(false);
  });

  it('says outside Node that it needs Node', async () => {
    vi.stubGlobal('process', undefined);
    try {
      await expect(readBytes('x')).rejects.toMatchObject({ code: 'NODE_REQUIRED' });
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
