import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { indexServer } from '../testing/index-server.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { toyEngine } from '../testing/toy-engine.ts';
import { resumableDownload } from './resumable-download.ts';

const { wheel, content } = toyEngine(100_000);

test('goes on from what is there already', async () => {
  const { server, part, bytes, onBytes } = await start();
  await writeFile(part, content.subarray(0, 40_000));
  await resumableDownload(server.fileUrl, part, onBytes);
  expect((await readFile(part)).equals(content)).toBe(true);
  expect(server.ranges).toEqual(['bytes=40000-']);
  expect(bytes.at(-1)).toBe(content.length);
});

test('goes on by itself when the connection breaks off', async () => {
  const { server, part, onBytes } = await start();
  server.stallAfter = 30_000;
  server.breaks = true;
  await resumableDownload(server.fileUrl, part, onBytes);
  expect((await readFile(part)).equals(content)).toBe(true);
  // Four pieces at least: a connection may break before the client has read anything.
  expect(server.ranges.length).toBeGreaterThanOrEqual(4);
  expect(server.ranges.at(-1)).toBe('bytes=90000-');
});

test('begins again with a server that knows no ranges', async () => {
  const { server, part, onBytes } = await start();
  server.hasRanges = false;
  await writeFile(part, 'something else');
  await resumableDownload(server.fileUrl, part, onBytes);
  expect((await readFile(part)).equals(content)).toBe(true);
});

test('asks for nothing more when all is there', async () => {
  const { server, part, onBytes } = await start();
  await writeFile(part, content);
  await resumableDownload(server.fileUrl, part, onBytes);
  expect((await readFile(part)).equals(content)).toBe(true);
});

async function start() {
  const server = await indexServer(wheel, content);
  const part = join(await temporaryFolder(), 'wheel.part');
  const bytes: number[] = [];
  return { server, part, bytes, onBytes: (count: number) => void bytes.push(count) };
}
