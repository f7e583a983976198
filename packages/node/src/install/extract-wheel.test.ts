import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { toyEngine } from '../testing/toy-engine.ts';
import { extractWheel } from './extract-wheel.ts';

test('tells the share of the bytes that is written, and their sizes', async () => {
  const { wheel, content } = toyEngine(500_000);
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'wheel'), content);
  const shares: number[] = [];
  const files = await extractWheel(wheel, join(folder, 'wheel'), join(folder, 'out'), (share) =>
    shares.push(share),
  );
  expect(files).toEqual({ 'toy/libtoy.so.1': 500_000, 'toy/include/c/toy.h': 11 });
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});

test('names what a wheel should hold and does not', async () => {
  const { wheel, content } = toyEngine();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'wheel'), content);
  const wanting = { ...wheel, take: [...wheel.take, 'toy/lib/', 'toy/b.so'] };
  await expect(
    extractWheel(wanting, join(folder, 'wheel'), join(folder, 'out'), () => {}),
  ).rejects.toThrow(`${wheel.file} holds no toy/lib/, toy/b.so`);
});
